// Devices as points on the map. Pure.
import type { FeatureCollection, Point } from "geojson";
import type { Device } from "../../api/wire";
import { standing } from "./contact";

export interface DeviceMark {
  id: string;
  icon: string;
  title: string;
}

export function deviceMarks(devices: readonly Device[], now: number, title: (device: Device) => string): FeatureCollection<Point, DeviceMark> {
  return {
    type: "FeatureCollection",
    features: devices.flatMap((device) =>
      device.place
        ? [{ type: "Feature" as const, geometry: { type: "Point" as const, coordinates: [device.place.lon, device.place.lat] }, properties: { id: device.id, icon: `device-${standing(device, now)}`, title: title(device) } }]
        : [],
    ),
  };
}
