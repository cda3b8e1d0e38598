// The five levels of danger: colour by Decision 18/2021/QĐ-TTg, and a shape of its own for each, so that colour is never alone.
import type { Severity } from "../api/wire";

export interface Look {
  /** Light blue, light yellow, orange, red, violet. */
  colour: string;
  /** Text on that colour. */
  ink: string;
  /** Corners in a square from -1 to 1; null is a circle. */
  shape: readonly (readonly [number, number])[] | null;
}

const regular = (corners: number, turn: number) =>
  Array.from({ length: corners }, (_, at): [number, number] => {
    const angle = (at / corners) * 2 * Math.PI + turn;
    return [Math.cos(angle), Math.sin(angle)];
  });

export const looks: Record<Severity, Look> = {
  1: { colour: "#9fd8f6", ink: "#06202e", shape: null },
  2: { colour: "#f6eb8b", ink: "#2c2700", shape: [[-0.82, -0.82], [0.82, -0.82], [0.82, 0.82], [-0.82, 0.82]] },
  3: { colour: "#ff9f2e", ink: "#2b1500", shape: [[0, -1.08], [1.08, 0.88], [-1.08, 0.88]] },
  4: { colour: "#ff4d4d", ink: "#2b0000", shape: regular(4, 0).map(([x, y]) => [x * 1.12, y * 1.12] as const) },
  5: { colour: "#c77dff", ink: "#1e0036", shape: regular(6, 0).map(([x, y]) => [x * 1.06, y * 1.06] as const) },
};

export const severities: readonly Severity[] = [5, 4, 3, 2, 1];

/** Any number as a level; what is out of range becomes the nearest, so that nothing is shown as harmless by mistake. */
export function level(value: number): Severity {
  return Math.min(5, Math.max(1, Math.round(value) || 5)) as Severity;
}
