// In which order alerts stand, and which list they belong to.
import type { Alert } from "../../api/wire";

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
