// The state of the line to the server, kept for the whole page; told by requests and streams, read by the banner.
import type { Link } from "../lib/link";

let link: Link = { began: Date.now(), heard: null, failing: null };
/** The server's clock stood at `server` when the page's stood at `page`, and runs `rate` times as fast. */
let clock = { page: 0, server: 0, rate: 1 };
const listeners = new Set<() => void>();

function set(next: Link): void {
  link = next;
  for (const listener of listeners) listener();
}

/** A byte came in on the fact stream. */
export function heard(now = Date.now()): void {
  set({ ...link, heard: now });
}

/** The page starts to listen, for instance after sign-in. */
export function began(now = Date.now()): void {
  set({ began: now, heard: null, failing: null });
}

/** A request got an answer, or none. */
export function answered(ok: boolean, now = Date.now()): void {
  if (ok && link.failing !== null) set({ ...link, failing: null });
  if (!ok && link.failing === null) set({ ...link, failing: now });
}

export function read(): Link {
  return link;
}

export function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Told by each answer that carries the server's time; a scaled clock runs faster than the page's. */
export function setClock(server: number, page: number, rate = 1): void {
  clock = { page, server, rate };
}

/** Now by the server's clock, as well as the page knows it. */
export function serverNow(now = Date.now()): number {
  return clock.server + (now - clock.page) * clock.rate;
}
