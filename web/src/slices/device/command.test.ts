// When a command can be given.
import { expect, it } from "vitest";
import type { Device } from "../../api/wire";
import { type Command, isPump, lastOn, whyNoCommand } from "./command";

const device: Device = { id: "p", title: { vi: "", en: "" }, profile: "pump-station", areas: [], place: null, state: "active", org: "o", last_contact: null, presence: "never", expected_every_s: null, certificate: null };
const command = (change: Partial<Command>): Command => ({ id: "c", device: "p", name: "pump.set", params: { on: true }, state: "done", by: "person:1", at: "2026-11-21T05:00:00Z", deadline: "2026-11-21T05:00:30Z", ...change });

it.each<[string, Partial<Device>, Command[], boolean, string | null]>([
  ["nothing under way", {}, [command({})], false, null],
  ["one is queued", {}, [command({ state: "queued" })], false, "command.pending"],
  ["one is sent", {}, [command({}), command({ state: "sent" })], false, "command.pending"],
  ["one expired", {}, [command({ state: "expired" })], false, null],
  ["a blocked device", { state: "blocked" }, [], false, "command.blocked"],
  ["the past", {}, [], true, "whyNot.past"],
])("%s", (_, change, commands, past, wanted) => expect(whyNoCommand({ ...device, ...change }, commands, past)).toBe(wanted));

it("knows what the pump was last told and did", () => {
  expect(lastOn([])).toBeNull();
  expect(lastOn([command({ state: "failed", params: { on: true } }), command({ params: { on: false } })])).toBe(false);
});
it("knows a pump by its profile", () => expect([isPump(device), isPump({ ...device, profile: "rain-gauge" })]).toEqual([true, false]));
