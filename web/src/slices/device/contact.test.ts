// How a device stands.
import { expect, it } from "vitest";
import type { Device } from "../../api/wire";
import { SILENT_AFTER_MINUTES, standing } from "./contact";

const now = Date.parse("2026-11-21T05:00:00Z");
const before = (minutes: number) => new Date(now - minutes * 60_000).toISOString();

it.each<[string, Partial<Device>, string]>([
  ["heard just now", { last_contact: before(0) }, "speaking"],
  ["heard at the limit", { last_contact: before(SILENT_AFTER_MINUTES) }, "speaking"],
  ["heard long ago", { last_contact: before(SILENT_AFTER_MINUTES + 1) }, "silent"],
  ["not heard yet", { last_contact: null }, "never"],
  ["blocked, though heard", { state: "blocked", last_contact: before(0) }, "blocked"],
  ["a clock ahead of ours", { last_contact: before(-5) }, "speaking"],
])("%s", (_, change, wanted) => {
  const device: Device = { id: "d", title: { vi: "", en: "" }, profile: "p", areas: [], place: null, state: "active", org: "o", last_contact: null, ...change };
  expect(standing(device, now)).toBe(wanted);
});
