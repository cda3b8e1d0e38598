// Is what the page shows still true? From the stream's last sound and the outcome of the last request.
import { SILENCE } from "./resume";

/** What is known about the line to the server. Times are milliseconds of the page's clock. */
export interface Link {
  /** When the page began to listen. */
  began: number;
  /** When the stream was last heard, pings included. */
  heard: number | null;
  /** When the first of the failed requests failed that no success has followed. */
  failing: number | null;
}

/** Since when the page may be out of date; null while it isn't. */
export function lostSince(link: Link, now: number): number | null {
  const heard = link.heard ?? link.began;
  const silent = now - heard > SILENCE ? heard : null;
  if (silent !== null && link.failing !== null) return Math.min(silent, link.failing);
  return silent ?? link.failing;
}
