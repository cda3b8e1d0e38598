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
    id: "devices",
    type: "symbol",
    source: "devices",
    layout: { "icon-image": ["get", "icon"], "icon-allow-overlap": true, "icon-padding": 0, "icon-size": ["interpolate", ["linear"], ["zoom"], 8, 0.35, 11, 0.55, 14, 0.9] },
  },
  {
    id: "chosen",
    type: "circle",
    source: "chosen",
    paint: { "circle-radius": 19, "circle-color": "transparent", "circle-stroke-color": "#ffffff", "circle-stroke-width": 2.5 },
  },
  {
    id: "alerts",
    type: "symbol",
    source: "alerts",
    layout: {
      "icon-image": ["get", "icon"],
      "icon-allow-overlap": true,
      "icon-ignore-placement": true,
      "icon-size": ["interpolate", ["linear"], ["zoom"], 8, 0.75, 12, 1],
      "symbol-sort-key": ["get", "rank"],
      "text-field": ["get", "more"],
      "text-font": [FONT],
      "text-size": 12,
      "text-offset": [1.5, -0.9],
      "text-allow-overlap": true,
      "text-ignore-placement": true,
    },
    paint: { "text-color": "#ffffff", "text-halo-color": "#0d1318", "text-halo-width": 1.5 },
  },
];

export const style: StyleSpecification = {
  version: 8,
  "font-faces": fontFaces as unknown as NonNullable<StyleSpecification["font-faces"]>,
  sources: { areas: { ...none, promoteId: "code" }, labels: none, devices: none, alerts: none, chosen: none },
  layers: [
    { id: "ground", type: "background", paint: { "background-color": "#0d1318" } },
    { id: "areas", type: "fill", source: "areas", paint: { "fill-color": byWorst("#1a242e"), "fill-opacity": ["case", [">", ["coalesce", ["feature-state", "worst"], 0], 0], 0.22, 1] } },
    { id: "borders", type: "line", source: "areas", paint: { "line-color": "#34455a", "line-width": ["interpolate", ["linear"], ["zoom"], 8, 0.6, 13, 1.6] } },
    {
      id: "labels",
      type: "symbol",
      source: "labels",
      minzoom: 9,
      filter: ["==", ["get", "worst"], 0],
      layout: { ...label, "text-size": ["interpolate", ["linear"], ["zoom"], 9, 11, 14, 15], "text-padding": 1, "text-variable-anchor": ["center", "top", "bottom", "left", "right", "top-left", "top-right", "bottom-left", "bottom-right"], "text-radial-offset": 0.6, "text-justify": "auto" },
      paint: { "text-color": "#9db0c2", "text-halo-color": "#0d1318", "text-halo-width": 1.4 },
    },
    ...pointLayers,
    {
      // Where something is wrong the name is never left out.
      id: "labels-abnormal",
      type: "symbol",
      source: "labels",
      filter: [">", ["get", "worst"], 0],
      layout: { ...label, "text-size": ["interpolate", ["linear"], ["zoom"], 8, 12, 14, 16], "text-anchor": "top", "text-offset": [0, 2], "text-allow-overlap": true, "text-ignore-placement": true },
      paint: { "text-color": "#ffffff", "text-halo-color": "#0d1318", "text-halo-width": 1.8 },
    },
  ],
};
