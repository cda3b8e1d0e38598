// Alerts as points on the map: one mark per place, with the worst level, and how many stand there. Pure.
import type { FeatureCollection, Point } from "geojson";
import type { Alert, Place } from "../../api/wire";
import { compare, shelfOf } from "./order";

export interface AlertMark {
  id: string;
  /** The worst level, 1 to 5, and 10 more while nobody has acknowledged it. The highest lies on top, and speaks for a crowd. */
  rank: number;
  /** How many alerts stand here. */
  count: number;
  title: string;
}

/** `placeOf` gives a place to alerts without one, from their area; `title` is the text under the pointer. */
export function alertMarks(alerts: Iterable<Alert>, placeOf: (alert: Alert) => Place | null, title: (alert: Alert) => string): FeatureCollection<Point, AlertMark> {
  const places = new Map<string, { place: Place; alerts: Alert[] }>();
  for (const alert of alerts) {
    const place = shelfOf(alert) === "open" ? (alert.place ?? placeOf(alert)) : null;
    if (!place) continue;
    const key = `${place.lon.toFixed(5)} ${place.lat.toFixed(5)}`;
    const here = places.get(key);
    if (here) here.alerts.push(alert);
    else places.set(key, { place, alerts: [alert] });
  }
  return {
    type: "FeatureCollection",
    features: [...places.values()].flatMap(({ place, alerts: here }) => {
      const worst = here.sort(compare)[0];
      if (!worst) return [];
      const mark: AlertMark = {
        id: worst.id,
        rank: worst.severity + (worst.state === "raised" ? 10 : 0),
        count: here.length,
        title: here.slice(0, 5).map(title).join("\n"),
      };
      return [{ type: "Feature" as const, geometry: { type: "Point" as const, coordinates: [place.lon, place.lat] }, properties: mark }];
    }),
  };
}

/** The worst open level of each area. */
export function worstByArea(alerts: Iterable<Alert>): Map<string, number> {
  const worst = new Map<string, number>();
  for (const alert of alerts) {
    if (shelfOf(alert) !== "open") continue;
    for (const area of alert.areas) worst.set(area, Math.max(worst.get(area) ?? 0, alert.severity));
  }
  return worst;
}
