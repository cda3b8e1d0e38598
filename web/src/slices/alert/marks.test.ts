// Alerts as marks of the map.
import { expect, it } from "vitest";
import { alertMarks, worstByArea } from "./marks";
import { alert } from "./sample";

const title = (each: { id: string }) => each.id;

it("marks each place once, by its worst alert", () => {
  const marks = alertMarks([alert("low", { severity: 1 }), alert("high", { severity: 5 })], () => null, title);
  expect(marks.features.map((feature) => feature.properties)).toEqual([{ id: "high", rank: 15, count: 2, title: "high\nlow" }]);
});
it("ranks acknowledged ones lower, leaves closed ones out, and puts placeless ones at their area", () => {
  const marks = alertMarks(
    [alert("a", { state: "acknowledged", place: null }), alert("b", { state: "cleared" }), alert("c", { state: "shelved" })],
    () => ({ lon: 1, lat: 2 }),
    title,
  );
  expect(marks.features).toMatchObject([{ geometry: { coordinates: [1, 2] }, properties: { rank: 3, count: 1 } }]);
});
it("leaves out what has no place", () => expect(alertMarks([alert("a", { place: null })], () => null, title).features).toEqual([]));
it("knows the worst of each area", () => {
  const worst = worstByArea([alert("a", { severity: 2, areas: ["x", "y"] }), alert("b", { severity: 4, areas: ["y"] }), alert("c", { severity: 5, areas: ["x"], state: "cleared" })]);
  expect([...worst]).toEqual([["x", 2], ["y", 4]]);
});
