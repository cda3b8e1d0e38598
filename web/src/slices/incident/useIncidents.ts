// Incidents as the server has them: a list, one with its timeline, and the one that an alert belongs to.
import { useQuery } from "@tanstack/react-query";
import { collect, get } from "../../api/client";
import type { Incident } from "../../api/wire";
import { usePace } from "../../ui/pace";
import { useLookAgain } from "../../ui/useLookAgain";
import { type Sieve, asked } from "./sieve";

/** The page shows at most so many, and says so when there are more. */
export const MOST = 1_000;

export function useIncidents(sieve: Sieve) {
  const question = asked(sieve);
  const queryKey = ["incidents", question];
  return useQuery({
    queryKey,
    queryFn: ({ signal }) => collect<Incident>("/api/v1/incidents", { ...question, limit: 200 }, MOST, signal),
    ...usePace(queryKey, 60_000),
    placeholderData: (before) => before,
  });
}

export function useIncident(id: string) {
  const queryKey = ["incident", id];
  return useQuery({
    queryKey,
    queryFn: ({ signal }) => get<Incident>(`/api/v1/incidents/${encodeURIComponent(id)}`, {}, signal),
    ...usePace(queryKey, 60_000),
    retry: false,
  });
}

/** The incident that an alert belongs to: the active one, else the last closed one. */
export function useIncidentOf(alert: string) {
  const queryKey = ["incident-of", alert];
  return useQuery({
    queryKey,
    queryFn: async ({ signal }) => (await get<{ items: Incident[] }>("/api/v1/incidents", { alert, limit: 1 }, signal)).items[0] ?? null,
    ...usePace(queryKey, 30_000),
  });
}

const KEYS = ["incidents", "incident", "incident-of"];

/** Looks again as soon as a fact tells of incidents. */
export function useIncidentFacts(): void {
  useLookAgain("incident.", KEYS);
}
