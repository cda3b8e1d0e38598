// In which order alerts stand, and which list they belong to.
import type { Alert, Severity } from "../../api/wire";

/** The three lists of alerts. */
export type Shelf = "open" | "shelved" | "cleared";
export const shelves: readonly Shelf[] = ["open", "shelved", "cleared"];

/** The list an alert belongs to. */
export function shelfOf(alert: Alert): Shelf {
  return alert.state === "raised" || alert.state === "acknowledged" ? "open" : alert.state;
}

/** Open ones first, then the more severe, then those nobody has acknowledged, then the younger; the id settles the rest. */
export function compare(a: Alert, b: Alert): number {
  return (
    shelves.indexOf(shelfOf(a)) - shelves.indexOf(shelfOf(b)) ||
    b.severity - a.severity ||
    Number(a.state === "acknowledged") - Number(b.state === "acknowledged") ||
    Date.parse(b.raised_at) - Date.parse(a.raised_at) ||
    (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
  );
}

/** How many alerts nobody has taken, and the worst of them; null when there are none. */
export function raisedOf(alerts: Iterable<Alert>): { count: number; worst: Severity } | null {
  let [count, worst] = [0, 1 as Severity];
  for (const alert of alerts) {
    if (alert.state !== "raised") continue;
    count += 1;
    if (alert.severity > worst) worst = alert.severity;
  }
  return count === 0 ? null : { count, worst };
}
