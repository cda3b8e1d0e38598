// Since when the page may be out of date.
import { expect, it } from "vitest";
import { lostSince } from "./link";

it.each([
  ["fresh", { began: 0, heard: null, failing: null }, 20_000, null],
  ["never heard", { began: 0, heard: null, failing: null }, 20_001, 0],
  ["heard lately", { began: 0, heard: 50_000, failing: null }, 70_000, null],
  ["silent", { began: 0, heard: 50_000, failing: null }, 70_001, 50_000],
  ["a request failed", { began: 0, heard: 50_000, failing: 55_000 }, 56_000, 55_000],
  ["both: the earlier counts", { began: 0, heard: 50_000, failing: 55_000 }, 90_000, 50_000],
])("%s", (_, link, now, since) => expect(lostSince(link, now)).toBe(since));
