// Listens to the facts about alerts while the page is open; while the screen is held still it only counts them.
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { get } from "../../api/client";
import { heard } from "../../api/pulse";
import { listen } from "../../api/stream";
import type { Alert, Fact } from "../../api/wire";
import { useMay } from "../../ui/may";
import { aboutAlert } from "./feed";
import { remember } from "./useAlerts";

/** More alerts than this to ask for at once are asked for as a new snapshot. */
const SINGLY = 8;

/** How many facts came since the screen is held still. */
export function useAlertFacts(paused: boolean): number {
  const client = useQueryClient();
  const follows = useMay()("event.follow");
  const still = useRef(paused);
  const [waiting, setWaiting] = useState(0);
  useEffect(() => {
    const was = still.current;
    still.current = paused;
    if (!paused) setWaiting(0);
    if (was && !paused) void client.invalidateQueries();
  }, [client, paused]);

  useEffect(() => {
    if (!follows) return;
    const asked = new Set<string>();
    let timer: ReturnType<typeof setTimeout> | null = null;

    const refresh = () => {
      if (!still.current) void client.invalidateQueries({ queryKey: ["alerts"] });
    };
    const ask = () => {
      timer = null;
      const ids = [...asked];
      asked.clear();
      if (still.current) return;
      if (ids.length > SINGLY) return refresh();
      for (const id of ids) {
        get<Alert>(`/api/v1/alerts/${encodeURIComponent(id)}`).then((alert) => still.current || remember(client, alert), refresh);
      }
    };

    const stop = listen("/api/v1/events?types=alert.", {
      heard: () => heard(),
      opened: refresh,
      event: ({ type, data }) => {
        if (type === "open") return;
        if (still.current) return setWaiting((count) => count + 1);
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
  }, [client, follows]);
  return waiting;
}
