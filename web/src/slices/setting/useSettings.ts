// What is configured, and its versions page by page. Settings change at a start only, so nothing is asked twice by itself.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { get } from "../../api/client";
import type { Now, Versions } from "./model";

const quiet = { refetchOnWindowFocus: false, staleTime: 60_000 } as const;

export function useVersions() {
  return useInfiniteQuery({
    queryKey: ["setting-versions"],
    queryFn: ({ pageParam, signal }) => get<Versions>("/api/v1/settings/versions", { limit: 20, before: pageParam }, signal),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (page: Versions) => page.next ?? undefined,
    ...quiet,
  });
}

/** `wanted`: somebody has opened the list. */
export function useSettings(wanted: boolean) {
  return useQuery({ queryKey: ["settings"], queryFn: ({ signal }) => get<Now>("/api/v1/settings", {}, signal), enabled: wanted, ...quiet });
}
