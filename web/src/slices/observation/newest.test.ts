// Which newest values are doubtful.
import { expect, it } from "vitest";
import type { Observation } from "../../api/wire";
import { doubtfulOf } from "./useNewest";

const value = (series: number, quality: Observation["quality"], time: string) => ({ series, quality, time: `2026-11-21T${time}Z` }) as Observation;

it("puts the bad first, then the younger, and counts the good", () => {
  const found = doubtfulOf([value(1, "good", "05:00:00"), value(2, "suspect", "05:00:00"), value(3, "bad", "04:00:00"), value(4, "suspect", "05:01:00")]);
  expect(found.items.map((each) => each.series)).toEqual([3, 4, 2]);
  expect(found).toMatchObject({ looked: 4, counts: { good: 1, suspect: 2, bad: 1 } });
});
