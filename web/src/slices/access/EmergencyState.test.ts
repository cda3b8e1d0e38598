// What was said of the emergency account holds until its time has passed.
import { expect, it } from "vitest";
import { standing } from "./EmergencyState";

const now = Date.parse("2026-11-22T05:00:00Z");

it.each([
  ["closed", null, "closed"],
  ["waits", "2026-11-22T05:00:01Z", "waits"],
  ["waits", "2026-11-22T05:00:00Z", "closed"],
  ["open", "2026-11-22T05:30:00Z", "open"],
  ["open", "2026-11-22T04:59:59Z", "closed"],
  ["something newer", "2026-11-22T05:30:00Z", "closed"],
])("%s until %s is %s", (state, until, wanted) => expect(standing({ state, until }, now)).toBe(wanted));
