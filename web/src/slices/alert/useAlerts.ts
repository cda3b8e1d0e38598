// The alerts of one list, current to the second: a snapshot from the API and the stream of facts.
import { useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { collect, get } from "../../api/client";
import { heard } from "../../api/pulse";
import { listen } from "../../api/stream";
import type { Alert, Fact } from "../../api/wire";
import { type Feed, aboutAlert, empty, snapshot, upsert } from "./feed";
import type { Shelf } from "./order";

/** The page shows at most so many alerts of one list, and says so when there are more. */
const MOST = 1_000;
/** More alerts than this to ask for at once are asked for as a new snapshot. */
const SINGLY = 8;

export function useAlerts(shelf: Shelf) {
  const client = useQueryClient();
  return useQuery<Feed>({
    queryKey: ["alerts", shelf],
    queryFn: async ({ signal }) => {
      const { items, complete } = await collect<Alert>("/api/v1/alerts", { state: shelf, limit: 200 }, shelf === "open" ? MOST : 200, signal);
      return snapshot(client.getQueryData<Feed>(["alerts", shelf]) ?? empty, items, complete);
    },
    refetchInterval: 60_000,
  });
}

/** One alert with its timeline. */
export function useAlert(id: string | null) {
  return useQuery<Alert>({
    queryKey: ["alert", id],
    queryFn: ({ signal }) => get<Alert>(`/api/v1/alerts/${encodeURIComponent(id ?? "")}`, {}, signal),
    enabled: id !== null,
  });
}

/** Puts an alert into every list the page holds; each list decides whether it belongs there. */
export function remember(client: QueryClient, alert: Alert): void {
  client.setQueriesData<Feed>({ queryKey: ["alerts"] }, (feed) => feed && upsert(feed, alert));
}

/** Listens to the facts about alerts while the page is open. */
export function useAlertFacts(): void {
  const client = useQueryClient();
  useEffect(() => {
    const asked = new Set<string>();
    let timer: ReturnType<typeof setTimeout> | null = null;

    const refresh = () => void client.invalidateQueries({ queryKey: ["alerts"] });
    const ask = () => {
      timer = null;
      const ids = [...asked];
      asked.clear();
      if (ids.length > SINGLY) return refresh();
      for (const id of ids) {
        get<Alert>(`/api/v1/alerts/${encodeURIComponent(id)}`).then((alert) => remember(client, alert), refresh);
      }
    };

    const stop = listen("/api/v1/events?types=alert.", {
      heard: () => heard(),
      opened: refresh,
      event: ({ type, data }) => {
        if (type === "open") return;
        if (type === "reset") return refresh();
        let about: Alert | string | null = null;
        try {
          about = aboutAlert(JSON.parse(data) as Fact);
        } catch {
          // A fact that cannot be read may hide a change: look at the whole again.
        }
        if (about === null) return refresh();
        if (typeof about === "string") {
          asked.add(about);
          timer ??= setTimeout(ask, 200);
        } else remember(client, about);
        void client.invalidateQueries({ queryKey: ["alert", typeof about === "string" ? about : about.id] });
      },
    });
    return () => {
      stop();
      if (timer !== null) clearTimeout(timer);
    };
  }, [client]);
}
