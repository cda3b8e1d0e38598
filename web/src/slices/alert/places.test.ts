// Where an alert goes on.
import { expect, it } from "vitest";
import { places } from "./places";

const held = (entity: string, severity: number, source = "rule/rain-1h") => ({ entity, severity, source, series: null });

it("names each entity once, by the gravest that goes on there", () =>
  expect(places([held("urn:ngsi-ld:WeatherObserved:hanoi:rain-gauge-004", 4), held("urn:ngsi-ld:WeatherObserved:hanoi:rain-gauge-007", 3), held("urn:ngsi-ld:WeatherObserved:hanoi:rain-gauge-004", 2, "rule/rain-2h")])).toEqual([
    { entity: "urn:ngsi-ld:WeatherObserved:hanoi:rain-gauge-004", device: "rain-gauge-004", severity: 4 },
    { entity: "urn:ngsi-ld:WeatherObserved:hanoi:rain-gauge-007", device: "rain-gauge-007", severity: 3 },
  ]));
