// The roles that can be given, what each permits, and what actions are called.
import { useQuery } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { get } from "../../api/client";
import { useWords } from "../../ui/words";
import type { Role, RoleList } from "./wire";

const FOREVER = Number.POSITIVE_INFINITY;
const none: readonly Role[] = [];
const nothing: RoleList["actions"] = [];

export function useRoles() {
  const { pick } = useWords();
  const query = useQuery({ queryKey: ["roles"], queryFn: ({ signal }) => get<RoleList>("/api/v1/access/roles", {}, signal), staleTime: FOREVER });
  const roles = query.data?.items ?? none;
  const actions = query.data?.actions ?? nothing;
  const titles = useMemo(() => new Map([...roles, ...actions].map((each) => [each.code, each.title])), [roles, actions]);
  /** The name of a role or an action in the language of the page; its code while nothing better is known. */
  const titleOf = useCallback((code: string) => pick(titles.get(code), code), [titles, pick]);
  return { roles, actions, titleOf, query };
}
