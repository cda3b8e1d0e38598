// Devices as points on the map. Pure.
import type { FeatureCollection, Point } from "geojson";
import type { Device } from "../../api/wire";
import { standing } from "./contact";

export interface DeviceMark {
  id: string;
  icon: string;
  /** Its drawing by kind and standing, for nearer views. */
  drawing: string;
  /** 1 when it should speak and does not, for counting in a cluster. */
  unwell: 0 | 1;
  title: string;
}

export function deviceMarks(devices: readonly Device[], title: (device: Device) => string): FeatureCollection<Point, DeviceMark> {
  return {
    type: "FeatureCollection",
    features: devices.flatMap((device) => {
      if (!device.place) return [];
      const how = standing(device);
      return [{ type: "Feature" as const, geometry: { type: "Point" as const, coordinates: [device.place.lon, device.place.lat] }, properties: { id: device.id, icon: `device-${how}`, drawing: `kind ${how} ${device.profile.replaceAll(" ", "-")}`, unwell: how === "silent" ? (1 as const) : (0 as const), title: title(device) } }];
    }),
  };
}
