// Rain and water on the roads as points of the map. Pure.
import type { FeatureCollection, Point } from "geojson";
import type { Device } from "../../api/wire";

export interface WaterMark {
  id: string;
  kind: "rain" | "flood";
  value: number;
  words: string;
  name: string;
  /** Name and figure, for the pointer. */
  title: string;
}

/** The attributes that are rain (mm/h) and water on the road (m). */
export const waterKinds: Readonly<Record<string, WaterMark["kind"]>> = { precipitationRate: "rain", waterDepth: "flood" };
/** What is less is dry. */
const DRY: Record<WaterMark["kind"], number> = { rain: 0.5, flood: 0.03 };

export interface Reading {
  device: string;
  attribute: string;
  value: unknown;
}

/** Readings that are wet, at the places of their devices. */
export function waterMarks(readings: Iterable<Reading>, devices: ReadonlyMap<string, Device>, words: (kind: WaterMark["kind"], value: number) => string, title: (device: Device) => string): FeatureCollection<Point, WaterMark> {
  const features: FeatureCollection<Point, WaterMark>["features"] = [];
  for (const { device: id, attribute, value } of readings) {
    const kind = waterKinds[attribute];
    const device = devices.get(id);
    if (!kind || typeof value !== "number" || value < DRY[kind] || !device?.place) continue;
    features.push({ type: "Feature", geometry: { type: "Point", coordinates: [device.place.lon, device.place.lat] }, properties: { id, kind, value, words: words(kind, value), name: title(device), title: `${title(device)} · ${words(kind, value)}` } });
  }
  return { type: "FeatureCollection", features };
}
