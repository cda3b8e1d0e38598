// Items of quarantine.
import { expect, it } from "vitest";
import { byReason, payloadOf, readable, whyNotAgain } from "./kept";
import type { Kept } from "./useQuarantine";

const kept = (reason: string): Kept => ({ id: reason, at: "", device: "d", sender: "d", item: 0, reason, detail: "", raw: "", whole: true });

it("counts by reason, most first", () => expect(byReason(["b", "a", "b", "c"].map(kept))).toEqual([["b", 2], ["a", 1], ["c", 1]]));
it("spreads JSON over lines and leaves the rest", () => {
  expect(readable('{"n":"x"}')).toBe('{\n  "n": "x"\n}');
  expect(readable("depth value=1 cut…")).toBe("depth value=1 cut…");
});
it.each([
  ['[{"n":"x"}]', '[{"n":"x"}]', { as: "came" }],
  ['[{"n":"x"}]', '[\n  {\n    "n": "x"\n  }\n]', { as: "came" }],
  ['[{"n":"x"}]', '[{"n":"depth"}]', { as: "mended", payload: [{ n: "depth" }] }],
  ["x value=1", '{"n":"depth","v":1}', { as: "mended", payload: [{ n: "depth", v: 1 }] }],
  ["x", "17", { as: "unreadable", why: "SenML: [ { … } ]" }],
])("%s, mended to %s", (raw, text, wanted) => expect(payloadOf(raw, text)).toEqual(wanted));
it("says why a text cannot be read", () => expect(payloadOf("x", "{").as).toBe("unreadable"));
it("sends an item once, and only mended when not all of it was kept", () => {
  const item = kept("out_of_range");
  const receipt = { accepted: 1, duplicates: 0, corrections: 0, rejected: 0 };
  const done = { ...item, replayed: { at: "", by: "", mended: false, receipt } };
  const cut = { ...item, whole: false };
  const asked = [item, done, cut].map((each) => [whyNotAgain(each, "came"), whyNotAgain(each, "mended")]);
  expect(asked).toEqual([[null, null], ["done", "done"], ["notWhole", null]]);
});
