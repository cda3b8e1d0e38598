// The city pack as the server has it: all items, one with its texts, and a version of it.
import { useQuery } from "@tanstack/react-query";
import { get } from "../../api/client";
import { usePace } from "../../ui/pace";
import { useLookAgain } from "../../ui/useLookAgain";
import type { List, Version, Whole } from "./model";

export const pathOf = (kind: string, id: string) => `/api/v1/pack/${encodeURIComponent(kind)}/${encodeURIComponent(id)}`;
export const keyOf = (kind: string, id: string) => ["pack-item", kind, id];

export function usePack() {
  const queryKey = ["pack"];
  return useQuery({ queryKey, queryFn: ({ signal }) => get<List>("/api/v1/pack", {}, signal), ...usePace(queryKey, 60_000) });
}

export function usePackItem(kind: string, id: string) {
  const queryKey = keyOf(kind, id);
  return useQuery({ queryKey, queryFn: ({ signal }) => get<Whole>(pathOf(kind, id), {}, signal), ...usePace(queryKey, 60_000), retry: false });
}

/** One version with its whole text; it never changes. */
export function usePackVersion(kind: string, id: string, version: number, wanted: boolean) {
  return useQuery({
    queryKey: ["pack-version", kind, id, version],
    queryFn: ({ signal }) => get<Version>(`${pathOf(kind, id)}/versions/${version}`, {}, signal),
    enabled: wanted,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
}

const KEYS = ["pack", "pack-item"];

/** Looks again as soon as a fact tells of the pack. */
export function usePackFacts(): void {
  useLookAgain("pack.", KEYS);
}
