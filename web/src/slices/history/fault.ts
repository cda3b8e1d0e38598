// Where in a query the fault lies, as the server says it. Pure.
import type { Problem } from "../../api/problem";

export interface FaultPlace {
  line: number;
  column: number;
}

/** From the fields `line` and `column`, else from words such as "Line: 2, Column: 7"; null when the server doesn't say. */
export function faultPlace(problem: Pick<Problem, "fields" | "detail">): FaultPlace | null {
  const [line, column] = [problem.fields.line, problem.fields.column];
  if (typeof line === "number" && line >= 1) return { line, column: typeof column === "number" && column >= 1 ? column : 1 };
  const found = /line:?\s*(\d+)\s*,?\s*col(?:umn)?:?\s*(\d+)/i.exec(problem.detail);
  return found ? { line: Math.max(1, Number(found[1])), column: Math.max(1, Number(found[2])) } : null;
}

/** The offset in the text of a line and column, both from 1; never outside the text. */
export function offsetOf(text: string, { line, column }: FaultPlace): number {
  const lines = text.split("\n");
  const at = Math.min(line, lines.length) - 1;
  const before = lines.slice(0, at).reduce((sum, each) => sum + each.length + 1, 0);
  return Math.min(text.length, before + Math.min(column - 1, lines[at]?.length ?? 0));
}
