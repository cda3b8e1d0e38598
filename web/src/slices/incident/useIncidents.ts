// Incidents as the server has them: a list, one with its timeline, and the one that an alert belongs to.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { collect, get } from "../../api/client";
import { heard } from "../../api/pulse";
import { listen } from "../../api/stream";
import type { Incident } from "../../api/wire";
import { useTime } from "../../ui/moment";
import { usePace } from "../../ui/pace";
import { type Sieve, asked } from "./sieve";

/** The page shows at most so many, and says so when there are more. */
export const MOST = 1_000;
/** Facts that come at once are answered by one look. */
const REST = 250;

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

/** Looks again as soon as a fact tells of incidents; while the screen is held still, not at all. */
export function useIncidentFacts(): void {
  const client = useQueryClient();
  const { paused } = useTime();
  useEffect(() => {
    if (paused) return;
    let timer: ReturnType<typeof setTimeout> | null = null;
    const look = () => {
      timer = null;
      for (const key of ["incidents", "incident", "incident-of"]) void client.invalidateQueries({ queryKey: [key] });
    };
    const stop = listen("/api/v1/events?types=incident.", {
      heard: () => heard(),
      // Between the list and the stream something may have happened.
      opened: look,
      event: ({ type }) => {
        if (type !== "open") timer ??= setTimeout(look, REST);
      },
    });
    return () => {
      stop();
      if (timer !== null) clearTimeout(timer);
    };
  }, [client, paused]);
}
