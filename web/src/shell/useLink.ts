// Since when the page is cut off from the server; null while it isn't.
import { useSyncExternalStore } from "react";
import { read, subscribe } from "../api/pulse";
import { lostSince } from "../lib/link";
import { useNow } from "../ui/clock";

export function useLink(): { lost: number | null; heard: number | null } {
  const link = useSyncExternalStore(subscribe, read);
  return { lost: lostSince(link, Math.max(useNow(), link.heard ?? 0)), heard: link.heard };
}
