// Results as pictures.
import { expect, it } from "vitest";
import { choiceOf, pictureOf, sortOf, sorted } from "./picture";

const columns = (...names: string[]) => names.map((each) => ({ name: each.split(":")[0] ?? "", type: each.split(":")[1] ?? "Utf8" }));
const T = (minute: number) => `2025-08-26T03:0${minute}:00Z`;

it.each([
  ["t:Timestamp(Microsecond)", [T(0)], "time"],
  ["t:Utf8", [T(0), T(1)], "time"],
  ["t:Utf8", ["x", T(1)], "text"],
  ["n:Float64", [1, null, 2], "number"],
  ["n:Int64", [], "number"],
  ["n:Utf8", [], "text"],
])("%s with %j is %s", (column, values, wanted) => {
  const rows = (values as unknown[]).map((value) => [value]);
  expect(sortOf(columns(column)[0] as never, rows, 0)).toBe(wanted);
});

it("draws one line for each column of numbers over time, in order of time", () => {
  const result = { columns: columns("t:Timestamp", "a:Float64", "b:Float64"), rows: [[T(1), 2, null], [T(0), 1, 5]] };
  const choice = choiceOf(result);
  expect(choice).toEqual({ x: 0, y: [1, 2], by: null });
  expect(choice && pictureOf(result, choice)).toEqual({ sort: "time", x: [Date.parse(T(0)) / 1_000, Date.parse(T(1)) / 1_000], lines: [{ label: "a", values: [1, 2] }, { label: "b", values: [5, null] }], left: 0 });
});
it("draws one line for each name", () => {
  const result = { columns: columns("device", "t:Timestamp", "v:Float64"), rows: [["x", T(0), 1], ["y", T(0), 2], ["y", T(1), 3]] };
  const choice = choiceOf(result);
  expect(choice).toEqual({ x: 1, y: [2], by: 0 });
  expect(choice && pictureOf(result, choice)).toMatchObject({ lines: [{ label: "x", values: [1, null] }, { label: "y", values: [2, 3] }] });
});
it("draws bars over words, and counts what it leaves out", () => {
  const result = { columns: columns("name", "n:Int64"), rows: Array.from({ length: 70 }, (_, at) => [`d${at}`, at]) };
  const picture = pictureOf(result, choiceOf(result) ?? { x: 0, y: [], by: null });
  expect(picture).toMatchObject({ sort: "text", left: 10 });
});
it("cannot draw what has no numbers", () => {
  expect(choiceOf({ columns: columns("a", "b"), rows: [["x", "y"]] })).toBeNull();
  expect(choiceOf({ columns: columns("a:Int64"), rows: [[1]] })).toBeNull();
});
it("sorts numbers as numbers, and puts the empty last either way", () => {
  const rows = [[10], [null], [9]];
  expect(sorted(rows, 0, false).flat()).toEqual([9, 10, null]);
  expect(sorted(rows, 0, true).flat()).toEqual([10, 9, null]);
});
