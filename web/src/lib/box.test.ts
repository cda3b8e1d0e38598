// Boxes around shapes.
import { expect, it } from "vitest";
import { boxOf } from "./box";

it("finds the corners of polygons of several parts", () => {
  expect(boxOf({ type: "MultiPolygon", coordinates: [[[[105, 21], [106, 21], [106, 22], [105, 21]]], [[[104, 20.5], [104.5, 20.5], [104.5, 20.6], [104, 20.5]]]] })).toEqual([104, 20.5, 106, 22]);
});
it("finds those of a collection", () => {
  expect(boxOf({ type: "GeometryCollection", geometries: [{ type: "Point", coordinates: [1, 2] }, { type: "Point", coordinates: [-1, 5] }] })).toEqual([-1, 2, 1, 5]);
});
it("has none for nothing", () => expect(boxOf({ type: "Polygon", coordinates: [] })).toBeNull());
