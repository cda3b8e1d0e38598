// Alerts as they stood.
import { expect, it } from "vitest";
import { empty, upsert } from "./feed";
import { alertAt, feedAt } from "./past";
import { alert as sample } from "./sample";

const at = (clock: string) => Date.parse(`2026-11-21T${clock}Z`);
const whole = sample("a", {
  state: "cleared",
  raised_at: "2026-11-21T05:00:00Z",
  acknowledged: { by: "person:1", at: "2026-11-21T05:10:00Z" },
  cleared_at: "2026-11-21T06:00:00Z",
  timeline: [{ at: "2026-11-21T05:00:00Z", by: "service:rule", act: "raised" }, { at: "2026-11-21T05:10:00Z", by: "person:1", act: "acknowledged" }] as never,
});

it("was not there before it was raised", () => expect(alertAt(whole, at("04:59:59"))).toBeNull());

it.each([
  ["05:00:00", "raised", 1],
  ["05:09:59", "raised", 1],
  ["05:10:00", "acknowledged", 2],
  ["05:59:59", "acknowledged", 2],
  ["06:00:00", "cleared", 2],
])("at %s it was %s", (clock, state, entries) => {
  const then = alertAt(whole, at(clock));
  expect(then?.state).toBe(state);
  expect(then?.timeline).toHaveLength(entries);
  expect(then?.cleared_at === null).toBe(state !== "cleared");
});

it("a shelved alert stood open before it was last changed", () => {
  const shelved = sample("b", { state: "shelved", raised_at: "2026-11-21T05:00:00Z", updated_at: "2026-11-21T05:30:00Z", shelved: { by: "person:1", until: "2026-11-21T09:00:00Z", reason: "x" } as never });
  expect(alertAt(shelved, at("05:15:00"))).toMatchObject({ state: "raised", shelved: null });
  expect(alertAt(shelved, at("05:30:00"))?.state).toBe("shelved");
});

it("a list holds only what had been raised", () => {
  const feed = upsert(upsert(empty, whole), sample("late", { raised_at: "2026-11-21T07:00:00Z" }));
  expect([...feedAt(feed, at("05:30:00")).alerts.keys()]).toEqual(["a"]);
});
