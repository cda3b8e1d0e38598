// The map as a thing one can give data to; the only file that holds a MapLibre map.
import type { FeatureCollection } from "geojson";
import { type GeoJSONSource, Map as MapLibre, Popup, setWorkerUrl } from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import { addIcons, addKindIcon } from "./icons";
import { style } from "./style";

setWorkerUrl(new URL(workerUrl, window.location.href).href);

/** All of Hà Nội, with a margin. */
const CITY: [number, number, number, number] = [105.27, 20.55, 106.04, 21.4];
/** What can be picked, the uppermost first. */
const PICKABLE = ["alerts", "devices", "water"];
/** Wards are picked last, and only where somebody asks for them. */
const kinds: Record<string, Picked["kind"]> = { alerts: "alert", devices: "device", water: "device", areas: "area" };

export type Picked = { kind: "alert" | "device" | "area"; id: string };
export type Source = "areas" | "labels" | "devices" | "alerts" | "water" | "chosen";
/** What can be shown and hidden together. */
export type Group = "wards" | "names" | "alerts" | "devices" | "rain" | "flood";
const groups: Record<Group, readonly string[]> = { wards: ["areas"], names: ["labels", "labels-abnormal"], alerts: ["alerts"], devices: ["devices", "clusters", "cluster-counts"], rain: ["rain", "rain-words"], flood: ["water", "water-words"] };

export interface Chart {
  set: (source: Source, data: FeatureCollection) => void;
  show: (group: Group, on: boolean) => void;
  /** Draws a line around one ward, or none, and brings it into sight. */
  outline: (code: string | null, box: [number, number, number, number] | null) => void;
  worst: (worst: ReadonlyMap<string, number>) => void;
  fly: (lon: number, lat: number) => void;
  zoom: (by: 1 | -1 | 0) => void;
  name: (label: string) => void;
}

/** Draws into the element; throws where the browser has no WebGL. `ready` is told when data can be given. */
export function chart(element: HTMLElement, onPick: (picked: Picked) => void, ready: (chart: Chart) => void, wards = false): () => void {
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const map = new MapLibre({ container: element, style, bounds: CITY, fitBoundsOptions: { padding: 16 }, attributionControl: false, dragRotate: false, pitchWithRotate: false, minZoom: 7, maxZoom: 18, fadeDuration: 0 });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  const popup = new Popup({ closeButton: false, closeOnClick: false, className: "map-tip", offset: 14, focusAfterOpen: false });
  let tinted = new Set<string>();

  const pickAt = (point: { x: number; y: number }) => {
    const around: [[number, number], [number, number]] = [[point.x - 6, point.y - 6], [point.x + 6, point.y + 6]];
    return map.queryRenderedFeatures(around, { layers: PICKABLE })[0];
  };
  map.on("mousemove", (event) => {
    const hit = pickAt(event.point);
    map.getCanvas().style.cursor = hit ? "pointer" : "";
    const text = String(hit?.properties.title ?? "");
    if (!hit || text === "" || hit.geometry.type !== "Point") return void popup.remove();
    popup.setLngLat(hit.geometry.coordinates as [number, number]).setText(text).addTo(map);
  });
  map.on("mouseout", () => popup.remove());
  map.on("click", (event) => {
    const hit = pickAt(event.point);
    if (hit && hit.properties.id !== undefined) return onPick({ kind: kinds[hit.layer.id] ?? "device", id: String(hit.properties.id) });
    // A crowd, of alerts or of devices, is drawn apart.
    const cluster = hit ?? map.queryRenderedFeatures(event.point, { layers: ["clusters"] })[0];
    if (cluster?.geometry.type === "Point") {
      const center = cluster.geometry.coordinates as [number, number];
      void map.getSource<GeoJSONSource>(cluster.source)?.getClusterExpansionZoom(Number(cluster.properties.cluster_id)).then((zoom) => map.easeTo({ center, zoom: zoom + 0.2, animate: !still, duration: 400 }));
      return;
    }
    const ward = wards ? map.queryRenderedFeatures(event.point, { layers: ["ward-ground"] })[0] : undefined;
    if (ward) onPick({ kind: "area", id: String(ward.properties.code) });
  });

  const face: Chart = {
    set: (source, data) => void map.getSource<GeoJSONSource>(source)?.setData(data),
    show: (group, on) => {
      for (const layer of groups[group]) map.setLayoutProperty(layer, "visibility", on ? "visible" : "none");
    },
    outline: (code, box) => {
      map.setFilter("ward-chosen", ["==", ["get", "code"], code ?? ""]);
      if (box) map.fitBounds(box, { padding: 60, maxZoom: 14, animate: !still, duration: 500 });
    },
    worst: (worst) => {
      for (const code of tinted) if (!worst.has(code)) map.removeFeatureState({ source: "areas", id: code }, "worst");
      for (const [code, level] of worst) map.setFeatureState({ source: "areas", id: code }, { worst: level });
      tinted = new Set(worst.keys());
    },
    fly: (lon, lat) => {
      const camera = { center: [lon, lat] as [number, number], zoom: Math.max(map.getZoom(), 12) };
      if (still) map.jumpTo(camera);
      else map.easeTo({ ...camera, duration: 500 });
    },
    zoom: (by) => {
      if (by === 0) map.fitBounds(CITY, { padding: 16, animate: !still });
      else map.easeTo({ zoom: map.getZoom() + by, animate: !still, duration: 250 });
    },
    name: (label) => map.getCanvas().setAttribute("aria-label", label),
  };
  map.setMissingStyleImageResolver((id) => addKindIcon(map, id));
  map.on("load", () => {
    addIcons(map);
    ready(face);
  });
  // On a phone the map starts hidden: it can show all of the city only once it has a size.
  let fitted = element.clientHeight > 0;
  map.on("resize", () => {
    if (!fitted && element.clientHeight > 0) {
      fitted = true;
      map.fitBounds(CITY, { padding: 16, animate: false });
    }
  });
  map.on("idle", () => element.setAttribute("data-idle", String(element.clientHeight > 0)));
  return () => {
    popup.remove();
    map.remove();
  };
}
