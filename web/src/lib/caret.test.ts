// Places in a text.
import { expect, it } from "vitest";
import { offsetOf } from "./caret";

// A place behind the end of its line, or of the text, comes from a text that has changed since: the caret then stands at the end.
it.each([
  [1, 1, 0],
  [2, 3, 5],
  [2, 99, 6],
  [9, 9, 8],
])("line %i, column %i is offset %i", (line, column, wanted) => expect(offsetOf("ab\nabc\nd", { line, column })).toBe(wanted));
