// The latest value wins, corrections included.
import { describe, expect, it } from "vitest";
import type { Observation } from "../../api/wire";
import { itemsOf, merge } from "./latest";

const seen = (series: number, minute: number, value: number, received = minute): Observation => ({
  series, device: "d", entity: "e", attribute: "a", name: "n", unit: "cm", title: { vi: "", en: "" }, value, quality: "good", doubt: "none", source: "device",
  time: new Date(minute * 60_000).toISOString(), received: new Date(received * 60_000).toISOString(),
});
const values = (map: Map<number, Observation>) => [...map].map(([series, { value }]) => [series, value]);

describe("merge", () => {
  const before = merge(new Map(), [seen(1, 5, 10), seen(2, 5, 20)]);
  it.each([
    ["a newer time wins", [seen(1, 6, 11)], 11],
    ["an older time does not", [seen(1, 4, 9, 9)], 10],
    ["a correction of the same time wins", [seen(1, 5, 12, 6)], 12],
  ])("%s", (_, items, value) => expect(values(merge(before, items))).toEqual([[1, value], [2, 20]]));
});

it.each([
  [JSON.stringify([seen(1, 1, 1)]), 1],
  [JSON.stringify({ items: [seen(1, 1, 1), seen(2, 1, 1)] }), 2],
  [JSON.stringify(seen(1, 1, 1)), 1],
  ["null", 0],
  ["{broken", 0],
  ['{"items":7}', 0],
])("reads %s", (data, count) => expect(itemsOf(data)).toHaveLength(count));
