// Who is signed in, in which post, and what still stands between them and the city.
import { type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { call, whenInDoubt, whenSignedOut } from "../../api/client";
import { Problem } from "../../api/problem";
import { began } from "../../api/pulse";
import { asksForFactor, scopeOf } from "./scope";
import type { Session } from "./wire";

const KEY = ["session"];
const ENDED = ["session", "ended"];
/** A second factor has to be set up first. */
const FACTOR = ["session", "factor"];
/** Just signed in, with several posts to choose from. */
const CHOICE = ["session", "choice"];
const FOREVER = Number.POSITIVE_INFINITY;
/** Refusals make the page ask what it may do, at most once in so many milliseconds. */
const REST = 15_000;

/** Takes over what the server says of the session. With other rights nothing stays of what was seen before. */
function take(client: QueryClient, session: Session | null): Session | null {
  if (scopeOf(client.getQueryData<Session | null>(KEY)) !== scopeOf(session)) client.removeQueries({ predicate: (query) => query.queryKey[0] !== KEY[0] });
  return session;
}

/** The session; null when nobody is signed in. */
export function useSession() {
  const client = useQueryClient();
  useEffect(() => {
    whenSignedOut(() => {
      if (client.getQueryData(KEY)) client.setQueryData(ENDED, true);
      client.setQueryData(KEY, null);
    });
    whenInDoubt((refusal) => {
      const known = client.getQueryState(KEY);
      if (!known?.data) return;
      if (refusal && asksForFactor(refusal)) client.setQueryData(FACTOR, true);
      // Streams end when rights change, and all at once; refusals may come again and again.
      else if (Date.now() - known.dataUpdatedAt > (refusal ? REST : 1_000)) void client.invalidateQueries({ queryKey: KEY, exact: true }, { cancelRefetch: false });
    });
  }, [client]);
  return useQuery<Session | null>({
    queryKey: KEY,
    queryFn: async ({ signal }) => {
      try {
        return take(client, await call<Session>("GET", "/api/v1/session", undefined, signal));
      } catch (error) {
        if (error instanceof Problem && error.status === 401) return null;
        throw error;
      }
    },
    // Another tab may have changed the post: who comes back to this one is told.
    staleTime: 60_000,
  });
}

function useFlag(key: readonly string[]): boolean {
  return useQuery({ queryKey: key, queryFn: () => false, initialData: false, staleTime: FOREVER, gcTime: FOREVER }).data;
}

/** Did the session end by itself, rather than by signing out? */
export const useEnded = () => useFlag(ENDED);
/** Has a refusal said that a second factor has to be set up first? */
export const useFactorAsked = () => useFlag(FACTOR);
/** Is a post still to be chosen after signing in? */
export const useChoice = () => useFlag(CHOICE);

/** The ways to change the session. Each takes over what the server then says of it. */
export function useSessionActs() {
  const client = useQueryClient();
  const become = (session: Session | null) => {
    began();
    take(client, session);
    client.setQueryData(ENDED, false);
    client.setQueryData(FACTOR, false);
    client.setQueryData(KEY, session);
  };
  return {
    signIn: async (account: string, password: string, code?: string) => {
      const session = await call<Session>("POST", "/api/v1/session", { account, password, ...(code ? { code } : {}) });
      client.setQueryData(CHOICE, session.posts.length > 1);
      become(session);
    },
    signOut: async () => {
      await call("DELETE", "/api/v1/session");
      client.setQueryData(CHOICE, false);
      become(null);
    },
    changePassword: async (old: string, fresh: string) => become(await call<Session>("PUT", "/api/v1/session/password", { old, new: fresh })),
    switchPost: async (post: number) => {
      become(await call<Session>("PUT", "/api/v1/session/post", { post }));
      client.setQueryData(CHOICE, false);
    },
    /** The post stays as it is. */
    keepPost: () => void client.setQueryData(CHOICE, false),
    /** The door of the second factor stays, until its codes were seen. */
    holdAtFactor: () => void client.setQueryData(FACTOR, true),
    /** Something of the session changed: what is it now? */
    renew: async () => become(await call<Session>("GET", "/api/v1/session")),
  };
}
