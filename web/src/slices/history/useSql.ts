// Asking the lake: one query at a time, which can be broken off.
import { useQuery } from "@tanstack/react-query";
import { useCallback, useRef, useState } from "react";
import { call, get } from "../../api/client";
import { usePace } from "../../ui/pace";
import type { LakeState, Result, Table } from "./model";

/** The page shows at most so many rows. */
export const LIMIT = 5_000;
/** A query may take as long as the server lets it, and a little longer. */
const PATIENCE = 130_000;

export function useTables() {
  const queryKey = ["sql-tables"];
  return useQuery({ queryKey, queryFn: ({ signal }) => get<{ items: Table[] }>("/api/v1/sql/tables", {}, signal), ...usePace(queryKey, false), retry: false });
}

export function useLake() {
  const queryKey = ["lake"];
  return useQuery({ queryKey, queryFn: ({ signal }) => get<LakeState>("/api/v1/lake", {}, signal), ...usePace(queryKey, 10_000), retry: false });
}

export interface Asked {
  sql: string;
  state: "running" | "done" | "failed" | "stopped";
  result: Result | null;
  error: unknown;
  /** When the answer came, by the page's clock. */
  at: number | null;
}

export function useSql() {
  const [asked, setAsked] = useState<Asked | null>(null);
  const going = useRef<AbortController | null>(null);
  const stop = useCallback(() => going.current?.abort(), []);
  const run = useCallback(async (sql: string) => {
    going.current?.abort();
    const mine = new AbortController();
    going.current = mine;
    const set = (change: Partial<Asked>) => going.current === mine && setAsked((before) => ({ sql, state: "running", result: before?.result ?? null, error: null, at: before?.at ?? null, ...change }));
    set({});
    try {
      const result = await call<Result>("POST", "/api/v1/sql", { sql, limit: LIMIT }, mine.signal, PATIENCE);
      set({ state: "done", result, at: Date.now() });
    } catch (error) {
      set(mine.signal.aborted ? { state: "stopped" } : { state: "failed", error });
    }
  }, []);
  return { asked, run, stop };
}
