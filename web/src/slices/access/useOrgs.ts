// The organisations that the city names, for everything that shows an owner.
import { useQuery } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { get } from "../../api/client";
import type { Org } from "../../api/wire";
import { useWords } from "../../ui/words";

const FOREVER = Number.POSITIVE_INFINITY;
const none: readonly Org[] = [];

/** The name of an organisation in the language of the page; its code while nothing better is known. */
export function useOrgs() {
  const { pick } = useWords();
  const query = useQuery({ queryKey: ["orgs"], queryFn: ({ signal }) => get<{ items: Org[] }>("/api/v1/orgs", {}, signal), staleTime: FOREVER });
  const byCode = useMemo(() => new Map((query.data?.items ?? []).map((org) => [org.code, org])), [query.data]);
  const orgName = useCallback((code: string) => pick(byCode.get(code)?.title, code), [byCode, pick]);
  return { orgs: query.data?.items ?? none, orgName };
}
