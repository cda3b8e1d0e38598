// Who is signed in.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { call, whenSignedOut } from "../../api/client";
import { Problem } from "../../api/problem";
import { began } from "../../api/pulse";
import type { Session } from "../../api/wire";

const KEY = ["session"];
const ENDED = ["session", "ended"];

/** The session; null when nobody is signed in. */
export function useSession() {
  const client = useQueryClient();
  useEffect(
    () =>
      whenSignedOut(() => {
        if (client.getQueryData(KEY)) client.setQueryData(ENDED, true);
        client.setQueryData(KEY, null);
      }),
    [client],
  );
  return useQuery<Session | null>({
    queryKey: KEY,
    queryFn: async ({ signal }) => {
      try {
        return await call<Session>("GET", "/api/v1/session", undefined, signal);
      } catch (error) {
        if (error instanceof Problem && error.status === 401) return null;
        throw error;
      }
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** Did the session end by itself, rather than by signing out? */
export function useEnded(): boolean {
  return useQuery({ queryKey: ENDED, queryFn: () => false, initialData: false, staleTime: Number.POSITIVE_INFINITY }).data;
}

/** The three ways to change the session. Each takes over what the server then says of it. */
export function useSessionActs() {
  const client = useQueryClient();
  const take = (session: Session | null) => {
    began();
    client.setQueryData(ENDED, false);
    client.setQueryData(KEY, session);
  };
  return {
    signIn: async (account: string, password: string) => take(await call<Session>("POST", "/api/v1/session", { account, password })),
    signOut: async () => {
      await call("DELETE", "/api/v1/session");
      client.removeQueries({ predicate: (query) => query.queryKey[0] !== KEY[0] });
      take(null);
    },
    changePassword: async (old: string, fresh: string) => {
      await call("PUT", "/api/v1/session/password", { old, new: fresh });
      take(await call<Session>("GET", "/api/v1/session"));
    },
  };
}
