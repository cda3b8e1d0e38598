// The map of the city with its wards, devices and alerts. Loaded apart from the page: the list comes first.
import type { FeatureCollection } from "geojson";
import { useEffect, useRef, useState } from "react";
import { useWords } from "../ui/words";
import { type Chart, type Group, type Picked, chart } from "./chart";

interface Props {
  areas: FeatureCollection | undefined;
  labels: FeatureCollection;
  devices: FeatureCollection;
  alerts: FeatureCollection;
  worst: ReadonlyMap<string, number>;
  /** The place to ring and to bring into sight. */
  chosen: { lon: number; lat: number } | null;
  /** Rain and water on the roads. */
  water?: FeatureCollection;
  /** Groups that are hidden. */
  off?: ReadonlySet<string>;
  /** The ward that is open, with its box. */
  ward?: { code: string; box: [number, number, number, number] } | null;
  /** Can wards be picked? */
  wards?: boolean;
  onPick: (picked: Picked) => void;
}

const every: readonly Group[] = ["wards", "names", "alerts", "devices", "rain", "flood"];

const ring = (at: { lon: number; lat: number } | null): FeatureCollection => ({
  type: "FeatureCollection",
  features: at ? [{ type: "Feature", geometry: { type: "Point", coordinates: [at.lon, at.lat] }, properties: {} }] : [],
});

export default function CityMap({ areas, labels, devices, alerts, worst, chosen, water, off, ward, wards = false, onPick }: Props) {
  const { t } = useWords();
  const box = useRef<HTMLDivElement>(null);
  const pick = useRef(onPick);
  const [map, setMap] = useState<Chart | null>(null);
  const [broken, setBroken] = useState(false);
  useEffect(() => {
    pick.current = onPick;
  }, [onPick]);
  useEffect(() => {
    if (!box.current) return;
    try {
      return chart(box.current, (picked) => pick.current(picked), setMap, wards);
    } catch {
      setBroken(true);
    }
  }, []);
  useEffect(() => map?.name(t("map.label")), [map, t]);
  useEffect(() => (areas ? map?.set("areas", areas) : undefined), [map, areas]);
  useEffect(() => map?.set("labels", labels), [map, labels]);
  useEffect(() => map?.set("devices", devices), [map, devices]);
  useEffect(() => map?.set("alerts", alerts), [map, alerts]);
  useEffect(() => (water ? map?.set("water", water) : undefined), [map, water]);
  useEffect(() => map?.worst(worst), [map, worst, areas]);
  useEffect(() => {
    for (const group of every) map?.show(group, !off?.has(group));
  }, [map, off]);
  useEffect(() => map?.outline(ward?.code ?? null, ward?.box ?? null), [map, ward?.code, areas]);
  const [lon, lat] = [chosen?.lon, chosen?.lat];
  useEffect(() => {
    const at = lon !== undefined && lat !== undefined ? { lon, lat } : null;
    map?.set("chosen", ring(at));
    if (at) map?.fly(at.lon, at.lat);
  }, [map, lon, lat]);

  if (broken) return <p role="alert" className="error">{t("map.broken")}</p>;
  return (
    <>
      <div ref={box} className="map-canvas" data-testid="map" />
      <div role="group" aria-label={t("map.zoom")} className="map-zoom">
        <button type="button" aria-label={t("map.in")} onClick={() => map?.zoom(1)}>+</button>
        <button type="button" aria-label={t("map.out")} onClick={() => map?.zoom(-1)}>−</button>
        <button type="button" aria-label={t("map.home")} onClick={() => map?.zoom(0)}>⌂</button>
      </div>
    </>
  );
}
