// The marks of the map, painted once at start from the same shapes as in the list.
import type { Map as MapLibre } from "maplibre-gl";
import { kindDrawing } from "../ui/kinds";
import { looks, severities } from "../ui/severity";
import { standingLooks } from "../ui/standing";

const RATIO = 2;

function paint(side: number, draw: (context: CanvasRenderingContext2D) => void): ImageData | null {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side * RATIO;
  const context = canvas.getContext("2d");
  if (!context) return null;
  context.scale((side * RATIO) / 2.6, (side * RATIO) / 2.6);
  context.translate(1.3, 1.3);
  context.lineJoin = "round";
  draw(context);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}

/** Adds `alert-1` to `alert-5`, each also `-hollow`, and `device-<standing>`. */
export function addIcons(map: MapLibre): void {
  const add = (name: string, image: ImageData | null) => image && !map.hasImage(name) && map.addImage(name, image, { pixelRatio: RATIO });
  for (const level of severities) {
    const look = looks[level];
    for (const hollow of [false, true]) {
      const image = paint(34, (context) => {
        context.beginPath();
        if (look.shape) look.shape.forEach(([x, y], at) => (at === 0 ? context.moveTo(x, y) : context.lineTo(x, y)));
        else context.arc(0, 0, 1, 0, 2 * Math.PI);
        context.closePath();
        context.lineWidth = 0.42;
        context.strokeStyle = "#0d1318";
        context.stroke();
        context.fillStyle = hollow ? "#0d1318" : look.colour;
        context.fill();
        context.lineWidth = 0.16;
        context.strokeStyle = look.colour;
        context.stroke();
        context.fillStyle = hollow ? look.colour : look.ink;
        context.font = "700 1.1px 'Be Vietnam Pro', sans-serif";
        context.textAlign = "center";
        context.fillText(String(level), 0, level === 3 ? 0.62 : 0.4);
      });
      add(`alert-${level}${hollow ? "-hollow" : ""}`, image);
    }
  }
  for (const [standing, look] of Object.entries(standingLooks)) {
    const image = paint(18, (context) => {
      const path = new Path2D(look.path);
      context.lineWidth = 0.62;
      context.strokeStyle = "#0d1318";
      context.stroke(path);
      context.lineWidth = 0.32;
      context.strokeStyle = look.colour;
      context.stroke(path);
      context.fillStyle = look.colour;
      if (look.filled) context.fill(path);
    });
    add(`device-${standing}`, image);
  }
}

/** Paints `kind <standing> <profile>` when the map first asks for it: the drawing of the kind in a ring that says how the device stands. */
export function addKindIcon(map: MapLibre, name: string): void {
  const [what, standing, profile] = name.split(" ");
  const look = standingLooks[standing as keyof typeof standingLooks];
  if (what !== "kind" || !look || profile === undefined || map.hasImage(name)) return;
  const image = paint(26, (context) => {
    context.beginPath();
    context.arc(0, 0, 1.1, 0, 2 * Math.PI);
    context.fillStyle = "#131b23";
    context.fill();
    context.lineWidth = standing === "speaking" ? 0.1 : 0.2;
    context.strokeStyle = look.colour;
    if (standing !== "speaking") context.setLineDash([0.4, 0.22]);
    context.stroke();
    context.setLineDash([]);
    context.scale(1.3 / 24, 1.3 / 24);
    context.translate(-12, -12);
    context.lineWidth = 1.9;
    context.lineCap = "round";
    context.stroke(new Path2D(kindDrawing(profile)));
    if (standing === "blocked") {
      context.lineWidth = 2.4;
      context.stroke(new Path2D("M2 2L22 22M2 22L22 2"));
    }
  });
  if (image) map.addImage(name, image, { pixelRatio: RATIO });
}
