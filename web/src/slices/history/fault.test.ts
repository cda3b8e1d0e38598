// Where the fault lies.
import { expect, it } from "vitest";
import { faultPlace } from "./fault";

it.each([
  [{ fields: { line: 2, column: 7 }, detail: "" }, { line: 2, column: 7 }],
  [{ fields: { line: 2 }, detail: "Line: 9, Column: 9" }, { line: 2, column: 1 }],
  [{ fields: {}, detail: "Expected: an expression, found: FROM at Line: 1, Column: 8" }, { line: 1, column: 8 }],
  [{ fields: {}, detail: "line 3 column 14: no such table" }, { line: 3, column: 14 }],
  [{ fields: { line: 0 }, detail: "no place" }, null],
])("%j", (problem, wanted) => expect(faultPlace(problem)).toEqual(wanted));
