// One ticking second for the whole page, so that all ages change together.
import { useSyncExternalStore } from "react";
import { serverNow } from "../api/pulse";
import { useTime } from "./moment";

let now = Date.now();
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | null = null;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const each of listeners) each();
  }, 1_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0 && timer !== null) {
      clearInterval(timer);
      timer = null;
    }
  };
}

/** Now by the page's clock, renewed each second. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now);
}

/** Now by the server's clock, renewed each second: for ages of what the server stamped. */
export function useServerNow(): number {
  return serverNow(useNow());
}

/** The instant that the page shows: now, unless it shows the past. For ages of what stands on a panel that obeys the time control. */
export function useShownNow(): number {
  const now = useServerNow();
  return useTime().at ?? now;
}
