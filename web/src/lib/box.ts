// The box around a shape, for bringing it into sight. Pure.
import type { Geometry, Position } from "geojson";

export type Box = [number, number, number, number];

/** West, south, east, north; null for a shape without points. */
export function boxOf(geometry: Geometry): Box | null {
  const box: Box = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const walk = (part: unknown): void => {
    if (!Array.isArray(part)) return;
    if (typeof part[0] !== "number") return part.forEach(walk);
    const [lon, lat] = part as Position;
    if (lon === undefined || lat === undefined) return;
    box[0] = Math.min(box[0], lon);
    box[1] = Math.min(box[1], lat);
    box[2] = Math.max(box[2], lon);
    box[3] = Math.max(box[3], lat);
  };
  if (geometry.type === "GeometryCollection") return geometry.geometries.map(boxOf).reduce((all, each) => (all && each ? [Math.min(all[0], each[0]), Math.min(all[1], each[1]), Math.max(all[2], each[2]), Math.max(all[3], each[3])] : (all ?? each)), null);
  walk(geometry.coordinates);
  return Number.isFinite(box[0]) ? box : null;
}
