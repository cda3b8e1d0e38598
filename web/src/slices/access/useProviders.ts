// Where else one can sign in, and what came of it. A list that cannot be read offers nothing: there is always the password.
import { useQuery } from "@tanstack/react-query";
import { get } from "../../api/client";
import type { Provider } from "./wire";

const none: readonly Provider[] = [];

/** Only ways on this server are taken; it knows the provider's address itself. */
export function wayOf({ begin }: Provider): string | null {
  return /^\/api\/v1\/[\w\-./]*$/.test(begin) && !begin.includes("..") ? begin : null;
}

/** What the server says when a browser comes back from a provider and is not let in, as crates/0-foundation/access/src/oidc/turned.rs writes it. */
export const turns = ["broken_off", "stale", "disbelieved", "unlinked", "weak", "away", "busy"] as const;

/** The word of a query such as `?sign_in=unlinked`; null when it says nothing that is known. */
export function turnOf(search: string): (typeof turns)[number] | null {
  const word = new URLSearchParams(search).get("sign_in");
  return turns.find((known) => known === word) ?? null;
}

export function useProviders(): readonly Provider[] {
  const query = useQuery({
    queryKey: ["session", "providers"],
    queryFn: ({ signal }) => get<{ items: Provider[] }>("/api/v1/session/providers", {}, signal).catch(() => ({ items: [] })),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return query.data?.items?.filter((each) => wayOf(each) !== null) ?? none;
}
