// The alerts of one list: as they are, current to the second, or as they stood at the moment that the page shows.
import { useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { collect, get } from "../../api/client";
import type { Alert } from "../../api/wire";
import { useMay } from "../../ui/may";
import { useTime } from "../../ui/moment";
import { usePace } from "../../ui/pace";
import { type Feed, empty, snapshot, upsert } from "./feed";
import { alertAt, feedAt } from "./past";
import type { Shelf } from "./order";

/** The page shows at most so many alerts of one list, and says so when there are more. */
const MOST = 1_000;
/** To look back, so many alerts of all states are loaded at most. */
const MOST_PAST = 5_000;

export interface Alerts {
  data: Feed | undefined;
  isPending: boolean;
  isError: boolean;
  error: unknown;
  /** When the page last asked, by its own clock; 0 before. */
  askedAt: number;
}

function usePresent(shelf: Shelf, wanted = true) {
  const client = useQueryClient();
  const may = useMay();
  const queryKey = ["alerts", shelf];
  const pace = usePace(queryKey, 60_000);
  return useQuery<Feed>({
    queryKey,
    queryFn: async ({ signal }) => {
      const { items, complete } = await collect<Alert>("/api/v1/alerts", { state: shelf, limit: 200 }, shelf === "open" ? MOST : 200, signal);
      return snapshot(client.getQueryData<Feed>(queryKey) ?? empty, items, complete);
    },
    ...pace,
    enabled: wanted && may("alert.read") && pace.enabled,
  });
}

/** The open alerts of the present, whatever moment the page shows. */
export function usePresentAlerts(): Feed {
  return usePresent("open").data ?? empty;
}

/** The alerts of one list at the moment that the page shows. */
export function useAlerts(shelf: Shelf): Alerts {
  const { at, past } = useTime();
  const present = usePresent(shelf, !past);
  const whole = useQuery<Feed>({
    queryKey: ["alerts-past"],
    queryFn: async ({ signal }) => {
      const { items, complete } = await collect<Alert>("/api/v1/alerts", { state: "raised,acknowledged,shelved,cleared", limit: 1_000 }, MOST_PAST, signal);
      return snapshot(empty, items, complete);
    },
    enabled: past,
    staleTime: 30_000,
  });
  const then = useMemo(() => (at === null || !whole.data ? undefined : feedAt(whole.data, at)), [whole.data, at]);
  const from = past ? whole : present;
  return { data: past ? then : present.data, isPending: from.isPending, isError: from.isError, error: from.error, askedAt: from.dataUpdatedAt };
}

/** One alert with its timeline, as it stood at the moment that the page shows. */
export function useAlert(id: string | null) {
  const { at } = useTime();
  const pace = usePace(["alert", id], false);
  const query = useQuery<Alert>({
    queryKey: ["alert", id],
    queryFn: ({ signal }) => get<Alert>(`/api/v1/alerts/${encodeURIComponent(id ?? "")}`, {}, signal),
    ...pace,
    enabled: id !== null && pace.enabled,
  });
  const data = useMemo(() => (query.data && at !== null ? alertAt(query.data, at) : query.data), [query.data, at]);
  return { data, isPending: query.isPending, isError: query.isError, error: query.error, dataUpdatedAt: query.dataUpdatedAt };
}

/** Puts an alert into every list the page holds; each list decides whether it belongs there. */
export function remember(client: QueryClient, alert: Alert): void {
  client.setQueriesData<Feed>({ queryKey: ["alerts"] }, (feed) => feed && upsert(feed, alert));
}
