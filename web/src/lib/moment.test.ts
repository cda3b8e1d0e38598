// The moment of a page, to and from its address.
import { expect, it } from "vitest";
import { LIVE, type Moment, momentText, parseMoment, positionOf, shifted, stepOf } from "./moment";

const at = Date.parse("2025-08-26T03:00:00Z");

it.each<[unknown, Moment]>([
  [undefined, LIVE],
  ["live", LIVE],
  ["paused", { mode: "paused" }],
  ["at=2025-08-26T03:00:00Z", { mode: "past", at }],
  ["at=2025-08-26T10:00:00+07:00", { mode: "past", at }],
  ["replay=2025-08-26T03:00:00Z,60", { mode: "replay", from: at, speed: 60 }],
  ["replay=2025-08-26T03:00:00Z", { mode: "replay", from: at, speed: 1 }],
  ["replay=2025-08-26T03:00:00Z,99999999", { mode: "replay", from: at, speed: 3_600 }],
  ["replay=2025-08-26T03:00:00Z,-4", LIVE],
  ["replay=yesterday,60", LIVE],
  ["at=0001-01-01T00:00:00Z", LIVE],
  ["at=", LIVE],
  [17, LIVE],
])("%j is read", (text, moment) => expect(parseMoment(text)).toEqual(moment));

it.each<Moment>([LIVE, { mode: "paused" }, { mode: "past", at: at + 250 }, { mode: "replay", from: at, speed: 10 }])("%j comes back from its text", (moment) => {
  expect(parseMoment(momentText(moment))).toEqual(moment);
});

it("says nothing in the address while it is live", () => expect(momentText(LIVE)).toBeUndefined());

it("has a place in time only when it is not the present", () => {
  expect(positionOf(LIVE, 0, 9, at)).toBeNull();
  expect(positionOf({ mode: "paused" }, 0, 9, at)).toBeNull();
  expect(positionOf({ mode: "past", at }, 0, 9_000, at + 1)).toBe(at);
  expect(positionOf({ mode: "past", at: at + 5 }, 0, 0, at)).toBe(at);
});
it("moves on in a replay, and stops at the present", () => {
  const replay: Moment = { mode: "replay", from: at, speed: 60 };
  expect(positionOf(replay, 1_000, 3_000, at + 3_600_000)).toBe(at + 120_000);
  expect(positionOf(replay, 3_000, 1_000, at + 3_600_000)).toBe(at);
  expect(positionOf(replay, 0, 3_600_000, at + 3_600_000)).toBe(at + 3_600_000);
});
it("shifts: a replay goes on from there, the present becomes past, the future is not reached", () => {
  expect(shifted({ mode: "replay", from: at, speed: 10 }, at + 7_000, -5_000, at + 60_000)).toEqual({ mode: "replay", from: at + 2_000, speed: 10 });
  expect(shifted(LIVE, null, -60_000, at)).toEqual({ mode: "past", at: at - 60_000 });
  expect(shifted({ mode: "past", at }, at, 60_000, at + 1_000)).toEqual({ mode: "past", at: at + 1_000 });
});
it("cuts to whole steps, upwards", () => {
  expect(stepOf(1_001, 500)).toBe(1_500);
  expect(stepOf(1_000, 500)).toBe(1_000);
});
