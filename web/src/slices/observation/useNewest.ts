// The newest values of all series, as far as the page looks through them, and those among them that are less than good.
import { useQuery } from "@tanstack/react-query";
import { collect } from "../../api/client";
import type { Observation } from "../../api/wire";
import { usePace } from "../../ui/pace";

/** So many newest values are looked through at most. */
const MOST = 20_000;

export interface Newest {
  items: Observation[];
  complete: boolean;
}

/** The newest value of every series. */
export function useNewest(wanted: boolean) {
  const queryKey = ["newest"];
  const pace = usePace(queryKey, 20_000);
  return useQuery<Newest>({
    queryKey,
    queryFn: ({ signal }) => collect<Observation>("/api/v1/observations/latest", { limit: 1_000 }, MOST, signal),
    ...pace,
    enabled: wanted && pace.enabled,
    staleTime: 10_000,
    structuralSharing: false,
  });
}

export interface Doubtful {
  items: Observation[];
  looked: number;
  counts: Record<string, number>;
}

/** Of all series, those whose newest value is suspect or bad: the bad first, then the younger. Pure. */
export function doubtfulOf(all: readonly Observation[]): Doubtful {
  const counts: Record<string, number> = { good: 0, suspect: 0, bad: 0 };
  for (const each of all) counts[each.quality] = (counts[each.quality] ?? 0) + 1;
  const items = all.filter((each) => each.quality !== "good").sort((a, b) => Number(b.quality === "bad") - Number(a.quality === "bad") || Date.parse(b.time) - Date.parse(a.time));
  return { items, looked: all.length, counts };
}
