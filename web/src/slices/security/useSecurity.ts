// The lists of the room of security, each asked for while it is looked at, and the acts upon them.
import { type QueryKey, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { call, collect, get, withQuery } from "../../api/client";
import { usePace } from "../../ui/pace";
import { useKeyOf } from "../../ui/useKeyOf";
import type { Chosen } from "./upload";
import type { Flaw, Imported, InventoryObject, SecurityAction, SocIncident, Usage } from "./wire";

const BASE = "/api/v1/security";
/** The page holds at most so many lines of a list, and says so when there are more. */
export const MOST = 10_000;

/** A list of tens of thousands is compared before it is answered. */
const IMPORT_PATIENCE = 120_000;

export const objectsKey: QueryKey = ["security", "objects"];
export const flawsKey: QueryKey = ["security", "vulnerabilities"];
export const actionsKey: QueryKey = ["security", "actions"];

function useList<T>(queryKey: QueryKey, path: string, query: Record<string, string | undefined>, every: number, wanted = true) {
  const pace = usePace(queryKey, every);
  return useQuery({ queryKey, queryFn: ({ signal }) => collect<T>(`${BASE}/${path}`, { ...query, limit: 1_000 }, MOST, signal), ...pace, enabled: wanted && pace.enabled, staleTime: 5_000 });
}

/** All objects; where the page cannot hold all, those of the kind that is chosen. */
export function useObjects(kind: string | undefined) {
  const all = useList<InventoryObject>([...objectsKey, ""], "objects", {}, 120_000);
  const wanted = kind !== undefined && all.data?.complete === false;
  const some = useList<InventoryObject>([...objectsKey, kind ?? ""], "objects", { kind }, 120_000, wanted);
  return wanted ? some : all;
}
export const useFlaws = () => useList<Flaw>(flawsKey, "vulnerabilities", {}, 60_000);
export const useActions = () => useList<SecurityAction>(actionsKey, "actions", {}, 15_000);
export const useSocIncidents = () => useList<SocIncident>(["security", "incidents"], "incidents", {}, 15_000);

/** The use on one day; without one, on the server's today. */
export function useUsage(day: string | undefined) {
  const queryKey = ["security", "usage", day ?? ""];
  return useQuery({
    queryKey,
    queryFn: async ({ signal }) => {
      // Which day is today is the server's to say.
      const first = await get<{ day: string; items: Usage[]; next?: string | null }>(withQuery(`${BASE}/usage`, { day, limit: 1_000 }), {}, signal);
      const rest = first.next ? await collect<Usage>(`${BASE}/usage`, { day: first.day, limit: 1_000, cursor: first.next }, MOST, signal) : { items: [], complete: true };
      return { day: first.day, items: [...first.items, ...rest.items], complete: rest.complete };
    },
    ...usePace(queryKey, 30_000),
    staleTime: 5_000,
  });
}

/** Sends an act, after which its list is asked anew: whoever was slower sees what the faster one did. With `judged`, only as
 * long as the thing still has this version: nobody covers unseen what somebody else has just decided. */
export function useAct<Answer = unknown>(method: "POST" | "PUT" | "DELETE", path: string, again: QueryKey, judged?: number) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: object | undefined) => call<Answer>(method, `${BASE}/${path}`, body, undefined, undefined, judged === undefined ? {} : { "if-match": `"${judged}"` }),
    onSettled: () => void client.invalidateQueries({ queryKey: again }),
  });
}

/** Sends a file as it is: the list of parts in place of the one before, or further advisories. */
export function useImport() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ what, file }: Chosen) => call<Imported>(what === "parts" ? "PUT" : "POST", `${BASE}/${what === "parts" ? "sbom" : "advisories"}`, new Blob([file], { type: "application/json" }), undefined, IMPORT_PATIENCE),
    onSettled: () => void client.invalidateQueries({ queryKey: flawsKey }),
  });
}

/** Takes a SOC action. Asking twice takes it once: the key belongs to this dialog and this content. */
export function useTake() {
  const client = useQueryClient();
  const keyOf = useKeyOf();
  return useMutation({
    mutationFn: (body: object) => call<SecurityAction>("POST", `${BASE}/actions`, body, undefined, undefined, { "idempotency-key": keyOf(body) }),
    onSettled: () => void client.invalidateQueries({ queryKey: actionsKey }),
  });
}
