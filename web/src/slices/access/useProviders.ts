// Where else one can sign in. The list is not mounted yet: as long as it is not there, nowhere.
import { useQuery } from "@tanstack/react-query";
import { get } from "../../api/client";
import type { Provider } from "./wire";

const none: readonly Provider[] = [];

/** Only ways on this server are taken; it knows the provider's address itself. */
export function wayOf({ begin }: Provider): string | null {
  return /^\/api\/v1\/[\w\-./]*$/.test(begin) && !begin.includes("..") ? begin : null;
}

export function useProviders(): readonly Provider[] {
  const query = useQuery({
    queryKey: ["session", "providers"],
    queryFn: ({ signal }) => get<{ items: Provider[] }>("/api/v1/session/providers", {}, signal).catch(() => ({ items: [] })),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return query.data?.items?.filter((each) => wayOf(each) !== null) ?? none;
}
