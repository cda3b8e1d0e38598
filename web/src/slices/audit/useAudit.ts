// The audit trail page by page, the proof of one record, the newest checkpoint. Each question leaves a record itself, so nothing is asked twice by itself.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { get, getText } from "../../api/client";
import { type Verdict, judge } from "./proof";
import type { AuditItem, AuditPage, InclusionProof } from "./wire";

const quiet = { staleTime: Number.POSITIVE_INFINITY, refetchOnWindowFocus: false, refetchOnReconnect: false, retry: false } as const;
/** What is no longer looked at is forgotten soon: it is about people. */
const FORGET = 60_000;

/** `question`: as `asked` makes it. `round`: another one begins at the newest again. `wanted`: the names of accounts are known. */
export function useAudit(question: Record<string, string | undefined>, round: number, wanted: boolean) {
  return useInfiniteQuery({
    queryKey: ["audit", question, round],
    queryFn: ({ pageParam, signal }) => get<AuditPage>("/api/v1/audit", { ...question, limit: 100, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: AuditPage) => page.next,
    enabled: wanted,
    gcTime: FORGET,
    ...quiet,
  });
}

export interface Proven {
  proof: InclusionProof;
  verdict: Verdict;
}

export function useProof(index: number) {
  return useQuery<Proven>({
    queryKey: ["audit-proof", index],
    queryFn: async ({ signal }) => {
      const proof = await get<InclusionProof>(`/api/v1/audit/${index}/proof`, {}, signal);
      return { proof, verdict: await judge(proof) };
    },
    gcTime: FORGET,
    ...quiet,
  });
}

/** The newest checkpoint as text, and the key that signs it. */
export function useCheckpoint() {
  return useQuery({ queryKey: ["audit-checkpoint"], queryFn: ({ signal }) => getText("/api/v1/audit/checkpoint", "audit-key", signal), gcTime: FORGET, ...quiet });
}

/** The record of an entry as the tree has it; null when it cannot be read. */
export function recordOf(entry: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(entry);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

export function itemsOf(pages: readonly AuditPage[] | undefined): AuditItem[] {
  return (pages ?? []).flatMap((page) => page.items);
}
