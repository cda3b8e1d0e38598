// Items of quarantine: counted by reason, and their text as a payload that can be mended. Pure.
import type { Kept } from "./useQuarantine";

/** How many there are for each reason, most first. */
export function byReason(items: readonly Kept[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(item.reason, (counts.get(item.reason) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]));
}

/** The text as JSON on several lines where it is JSON, else as it came. */
export function readable(raw: string): string {
  try {
    return JSON.stringify(JSON.parse(raw), null, 2);
  } catch {
    return raw;
  }
}

export type Payload = { as: "came" } | { as: "mended"; payload: unknown } | { as: "unreadable"; why: string };

/** What to send: nothing where the text was left alone, else the mended SenML. */
export function payloadOf(raw: string, text: string): Payload {
  if (text === readable(raw) || text === raw) return { as: "came" };
  try {
    const payload: unknown = JSON.parse(text);
    return Array.isArray(payload) ? { as: "mended", payload } : typeof payload === "object" && payload !== null ? { as: "mended", payload: [payload] } : { as: "unreadable", why: "SenML: [ { … } ]" };
  } catch (error) {
    return { as: "unreadable", why: error instanceof Error ? error.message : "" };
  }
}

/** Why the server would refuse it, as far as the item itself shows; null when nothing is known against it. */
export function whyNotAgain(item: Kept, as: Payload["as"]): "done" | "notWhole" | null {
  if (item.replayed) return "done";
  return as === "came" && !item.whole ? "notWhole" : null;
}
