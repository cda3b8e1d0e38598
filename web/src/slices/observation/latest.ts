// The latest value of each series: what the stream brings over what the API said. Pure.
import type { Observation } from "../../api/wire";

/** Newer phenomenon time wins; of the same time, the one received later is a correction and wins. */
export function merge(before: ReadonlyMap<number, Observation>, items: readonly Observation[]): Map<number, Observation> {
  const after = new Map(before);
  for (const item of items) {
    const known = after.get(item.series);
    const newer = !known || Date.parse(item.time) > Date.parse(known.time) || (item.time === known.time && Date.parse(item.received) >= Date.parse(known.received));
    if (newer) after.set(item.series, item);
  }
  return after;
}

/** The items in an event of the stream: an array, one alone, or a page; what cannot be read is nothing. */
export function itemsOf(data: string): Observation[] {
  try {
    const body: unknown = JSON.parse(data);
    const list = Array.isArray(body) ? body : typeof body === "object" && body !== null && "items" in body ? body.items : [body];
    return Array.isArray(list) ? list.filter((item): item is Observation => typeof item === "object" && item !== null && "series" in item) : [];
  } catch {
    return [];
  }
}
