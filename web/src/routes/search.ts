// What the address of the page says: which alert or device is open, which list, which view. Anything else in it is dropped. Pure.
import type { Severity } from "../api/wire";
import { type Shelf, shelves } from "../slices/alert/order";

export interface DutySearch {
  alert?: string;
  device?: string;
  state?: Shelf;
  severity?: Severity;
  /** On a phone: the map instead of the list. */
  view?: "map";
}

const id = (value: unknown): string | undefined => (typeof value === "string" && value !== "" && value.length <= 256 ? value : typeof value === "number" ? String(value) : undefined);

export function dutySearch(raw: Record<string, unknown>): DutySearch {
  const alert = id(raw.alert);
  const device = id(raw.device);
  const state = shelves.find((shelf) => shelf === raw.state && shelf !== "open");
  const severity = [1, 2, 3, 4, 5].find((level) => level === Number(raw.severity)) as Severity | undefined;
  return {
    ...(alert ? { alert } : {}),
    ...(device ? { device } : {}),
    ...(state ? { state } : {}),
    ...(severity ? { severity } : {}),
    ...(raw.view === "map" ? { view: "map" as const } : {}),
  };
}
