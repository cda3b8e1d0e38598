// How the map looks: a calm dark ground, thin borders, and colour only where something is wrong.
import type { ExpressionSpecification, LayerSpecification, StyleSpecification, SymbolLayerSpecification } from "maplibre-gl";
import { looks, severities } from "../ui/severity";
import { FONT, fontFaces } from "./fonts";

const none = { type: "geojson" as const, data: { type: "FeatureCollection" as const, features: [] } };

/** The colour of an area's worst open alert, or `otherwise`. */
function byWorst(otherwise: string): ExpressionSpecification {
  const cases = severities.flatMap((level) => [["==", ["feature-state", "worst"], level], looks[level].colour]);
  return ["case", ...cases, otherwise] as unknown as ExpressionSpecification;
}

/** The name of an area, in letters that grow with the map. */
const label = { "text-field": ["get", "name"], "text-font": [FONT], "text-max-width": 7 } satisfies SymbolLayerSpecification["layout"];

const pointLayers: LayerSpecification[] = [
  {
    // Rain as a wide soft disc, so that many gauges read as an area.
    id: "rain",
    type: "circle",
    source: "water",
    filter: ["==", ["get", "kind"], "rain"],
    paint: { "circle-radius": ["interpolate", ["linear"], ["zoom"], 8, ["interpolate", ["linear"], ["get", "value"], 0, 3, 100, 22], 13, ["interpolate", ["linear"], ["get", "value"], 0, 10, 100, 70]], "circle-color": "#6fb1e8", "circle-opacity": 0.28, "circle-blur": 0.35 },
  },
  {
    id: "clusters",
    type: "circle",
    source: "devices",
    filter: ["has", "point_count"],
    paint: {
      "circle-color": "#1b2630",
      "circle-opacity": 0.92,
      "circle-radius": ["step", ["get", "point_count"], 12, 50, 16, 250, 21, 1_000, 27],
      "circle-stroke-width": ["case", [">", ["get", "unwell"], 0], 2, 1],
      "circle-stroke-color": ["case", [">", ["get", "unwell"], 0], "#e8c268", "#8fa3b5"],
    },
  },
  {
    id: "cluster-counts",
    type: "symbol",
    source: "devices",
    filter: ["has", "point_count"],
    layout: {
      "text-field": ["case", [">", ["get", "unwell"], 0], ["concat", ["to-string", ["get", "point_count_abbreviated"]], "\n!", ["to-string", ["get", "unwell"]]], ["to-string", ["get", "point_count_abbreviated"]]],
      "text-font": [FONT],
      "text-size": 11,
      "text-line-height": 1,
      "text-allow-overlap": true,
      // Names of wards keep away from the disc around the count.
      "text-padding": 12,
    },
    paint: { "text-color": ["case", [">", ["get", "unwell"], 0], "#f0d48a", "#c3d0dc"] },
  },
  {
    id: "devices",
    type: "symbol",
    source: "devices",
    filter: ["!", ["has", "point_count"]],
    layout: {
      "icon-image": ["step", ["zoom"], ["get", "icon"], 12, ["get", "drawing"]],
      "icon-allow-overlap": true,
      "icon-ignore-placement": true,
      "icon-size": ["interpolate", ["linear"], ["zoom"], 8, 0.4, 11, 0.6, 11.99, 0.8, 12, 0.85, 15, 1.1],
    },
  },
  // Names stand over the marks of devices, which are many, and keep away from what is abnormal.
  {
    id: "labels",
    type: "symbol",
    source: "labels",
    minzoom: 9,
    filter: ["==", ["get", "worst"], 0],
    layout: { ...label, "text-size": ["interpolate", ["linear"], ["zoom"], 9, 11, 14, 15], "text-padding": 1, "text-variable-anchor": ["center", "top", "bottom", "left", "right", "top-left", "top-right", "bottom-left", "bottom-right"], "text-radial-offset": 0.6, "text-justify": "auto" },
    paint: { "text-color": ["step", ["zoom"], "#9db0c2", 11.5, "#dbe5ee"], "text-halo-color": "#0d1318", "text-halo-width": ["step", ["zoom"], 1.4, 11.5, 2.2] },
  },
  {
    // Water on the road: the deeper, the wider; the figure beside it.
    id: "water",
    type: "circle",
    source: "water",
    filter: ["==", ["get", "kind"], "flood"],
    paint: { "circle-radius": ["interpolate", ["linear"], ["get", "value"], 0, 4, 0.3, 9, 1, 18], "circle-color": "#2f7fc4", "circle-opacity": 0.75, "circle-stroke-color": "#cfe7fb", "circle-stroke-width": 1.2 },
  },
  {
    id: "chosen",
    type: "circle",
    source: "chosen",
    paint: { "circle-radius": 19, "circle-color": "transparent", "circle-stroke-color": "#ffffff", "circle-stroke-width": 2.5 },
  },
  {
    // Names of wards where something is wrong: the worst first, as many as can be read; from zoom 12 on all of them.
    id: "labels-abnormal",
    type: "symbol",
    source: "labels",
    filter: [">", ["get", "worst"], 0],
    layout: { ...label, "text-size": ["interpolate", ["linear"], ["zoom"], 8, 12, 14, 16], "symbol-sort-key": ["-", 0, ["get", "worst"]], "text-variable-anchor": ["top", "bottom", "left", "right"], "text-radial-offset": 1.4, "text-justify": "auto", "text-overlap": ["step", ["zoom"], "never", 12, "always"] },
    paint: { "text-color": "#ffffff", "text-halo-color": "#0d1318", "text-halo-width": 1.8 },
  },
  {
    id: "alerts",
    type: "symbol",
    source: "alerts",
    layout: {
      // A crowd is drawn as its worst one. Names keep away from what is drawn here.
      "icon-image": ["concat", "alert-", ["to-string", ["%", ["get", "rank"], 10]], ["case", [">", ["get", "rank"], 10], "", "-hollow"]],
      "icon-allow-overlap": true,
      "icon-size": ["interpolate", ["linear"], ["zoom"], 8, 0.75, 12, 1],
      "symbol-sort-key": ["get", "rank"],
      "text-field": ["case", [">", ["get", "count"], 1], ["concat", "×", ["to-string", ["get", "count"]]], ""],
      "text-font": [FONT],
      "text-size": 12,
      "text-anchor": "left",
      "text-offset": [1, -0.8],
      "text-allow-overlap": true,
    },
    paint: { "text-color": "#ffffff", "text-halo-color": "#0d1318", "text-halo-width": 1.5 },
  },
  {
    id: "rain-words",
    type: "symbol",
    source: "water",
    minzoom: 10,
    filter: ["==", ["get", "kind"], "rain"],
    layout: { "text-field": ["get", "words"], "text-font": [FONT], "text-size": 11, "text-offset": [0, 1.1] },
    paint: { "text-color": "#bfdcf4", "text-halo-color": "#0d1318", "text-halo-width": 1.4 },
  },
  {
    id: "water-words",
    type: "symbol",
    source: "water",
    minzoom: 10,
    filter: ["==", ["get", "kind"], "flood"],
    layout: { "text-field": ["get", "words"], "text-font": [FONT], "text-size": 12, "text-anchor": "left", "text-offset": [1.6, 0], "text-allow-overlap": true },
    paint: { "text-color": "#e3f1fd", "text-halo-color": "#0d1318", "text-halo-width": 1.6 },
  },
];

export const style: StyleSpecification = {
  version: 8,
  "font-faces": fontFaces as unknown as NonNullable<StyleSpecification["font-faces"]>,
  sources: { areas: { ...none, promoteId: "code" }, labels: none, devices: { ...none, cluster: true, clusterRadius: 44, clusterMaxZoom: 11, clusterMinPoints: 8, clusterProperties: { unwell: ["+", ["get", "unwell"]] } }, alerts: { ...none, cluster: true, clusterRadius: 34, clusterMaxZoom: 11, clusterProperties: { rank: ["max", ["get", "rank"]], count: ["+", ["get", "count"]] } }, water: none, chosen: none },
  layers: [
    { id: "ground", type: "background", paint: { "background-color": "#0d1318" } },
    { id: "ward-ground", type: "fill", source: "areas", paint: { "fill-color": "#1a242e" } },
    { id: "areas", type: "fill", source: "areas", paint: { "fill-color": byWorst("#1a242e"), "fill-opacity": ["case", [">", ["coalesce", ["feature-state", "worst"], 0], 0], 0.22, 0] } },
    { id: "borders", type: "line", source: "areas", paint: { "line-color": "#34455a", "line-width": ["interpolate", ["linear"], ["zoom"], 8, 0.6, 13, 1.6] } },
    { id: "ward-chosen", type: "line", source: "areas", filter: ["==", ["get", "code"], ""], paint: { "line-color": "#ffffff", "line-width": 2.5 } },
    ...pointLayers,
  ],
};
