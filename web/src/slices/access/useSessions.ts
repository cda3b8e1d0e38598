// The sessions and the API tokens of an account: one's own, or somebody else's.
import { useQuery } from "@tanstack/react-query";
import { get } from "../../api/client";
import { usePace } from "../../ui/pace";
import { personPath } from "./act";
import type { OpenSession, Token } from "./wire";

/** Whose: null is one's own account. */
export type Whose = string | null;

export const pathOf = (whose: Whose, ...rest: readonly string[]) => (whose === null ? ["/api/v1/account", ...rest.map(encodeURIComponent)].join("/") : personPath(whose, ...rest));
export const sessionsKey = (whose: Whose) => ["sessions", whose ?? ""];
export const tokensKey = (whose: Whose) => ["tokens", whose ?? ""];

export function useSessions(whose: Whose) {
  const queryKey = sessionsKey(whose);
  return useQuery({ queryKey, queryFn: ({ signal }) => get<{ items: OpenSession[] }>(pathOf(whose, "sessions"), {}, signal), ...usePace(queryKey, 60_000), retry: false });
}

export function useTokens(whose: Whose) {
  const queryKey = tokensKey(whose);
  return useQuery({ queryKey, queryFn: ({ signal }) => get<{ items: Token[] }>(pathOf(whose, "tokens"), {}, signal), ...usePace(queryKey, 60_000), retry: false });
}
