// How a device stands.
import { expect, it } from "vitest";
import type { Device } from "../../api/wire";
import { standing } from "./contact";

it.each<[string, Partial<Device>, string]>([
  ["alive by its own interval", { presence: "alive" }, "speaking"],
  ["silent by its own interval", { presence: "silent" }, "silent"],
  ["never heard", { presence: "never" }, "never"],
  ["blocked before all", { presence: "alive", state: "blocked" }, "blocked"],
])("%s", (_, change, wanted) => {
  const device: Device = { id: "d", title: { vi: "", en: "" }, profile: "p", areas: [], place: null, state: "active", org: "o", last_contact: null, presence: "never", expected_every_s: null, certificate: null, ...change };
  expect(standing(device)).toBe(wanted);
});
