// Rain and water on the map.
import { expect, it } from "vitest";
import type { Device } from "../../api/wire";
import { waterMarks } from "./water";

const device = (id: string, place: Device["place"]): Device => ({ id, title: { vi: id, en: "" }, profile: "p", areas: [], place, state: "active", org: "o", last_contact: null, presence: "never", expected_every_s: null, certificate: null });
const devices = new Map(["a", "b"].map((id) => [id, device(id, { lon: 105, lat: 21 })]));
devices.set("nowhere", device("nowhere", null));

it("shows what is wet and has a place", () => {
  const marks = waterMarks(
    [
      { device: "a", attribute: "waterDepth", value: 0.4 },
      { device: "b", attribute: "precipitationRate", value: 12 },
      { device: "b", attribute: "waterDepth", value: 0.01 },
      { device: "a", attribute: "precipitationRate", value: 0 },
      { device: "a", attribute: "batteryLevel", value: 90 },
      { device: "a", attribute: "waterDepth", value: "deep" },
      { device: "nowhere", attribute: "waterDepth", value: 1 },
      { device: "unknown", attribute: "waterDepth", value: 1 },
    ],
    devices,
    (kind, value) => `${kind} ${value}`,
    (each) => each.id,
  );
  expect(marks.features.map((feature) => feature.properties.title)).toEqual(["a · flood 0.4", "b · rain 12"]);
});
