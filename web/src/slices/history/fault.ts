// Where in a query the fault lies, as the server says it. Pure.
import type { Problem } from "../../api/problem";
import type { Caret } from "../../lib/caret";

/** From the fields `line` and `column`, else from words such as "Line: 2, Column: 7"; null when the server doesn't say. */
export function faultPlace(problem: Pick<Problem, "fields" | "detail">): Caret | null {
  const [line, column] = [problem.fields.line, problem.fields.column];
  if (typeof line === "number" && line >= 1) return { line, column: typeof column === "number" && column >= 1 ? column : 1 };
  const found = /line:?\s*(\d+)\s*,?\s*col(?:umn)?:?\s*(\d+)/i.exec(problem.detail);
  return found ? { line: Math.max(1, Number(found[1])), column: Math.max(1, Number(found[2])) } : null;
}
