// What the server found wrong with a text, file by file. Pure.
import { asProblem } from "../../api/problem";

export interface Mistake {
  file: string;
  /** From 1; 0 when the place is not known. */
  line: number;
  column: number;
  what: string;
  /** What is allowed, and what to do. */
  remedy: string;
}

export interface Mistakes {
  mistakes: readonly Mistake[];
  /** How many more there are than the answer holds. */
  more: number;
}

/** The mistakes in an answer; none when it speaks of something else. */
export function mistakesOf(error: unknown): Mistakes {
  const { fields } = asProblem(error);
  const listed = Array.isArray(fields.mistakes) ? fields.mistakes : [];
  const mistakes = listed.flatMap((each: unknown) => {
    if (typeof each !== "object" || each === null) return [];
    const { file, line, column, what, remedy } = each as Record<string, unknown>;
    const number = (value: unknown) => (typeof value === "number" && value > 0 ? value : 0);
    return [{ file: String(file ?? ""), line: number(line), column: number(column), what: String(what ?? ""), remedy: String(remedy ?? "") }];
  });
  return { mistakes, more: typeof fields.more === "number" ? fields.more : 0 };
}

/** The first mistake of that file whose place is known: where the caret should stand. */
export function firstIn(file: string, mistakes: readonly Mistake[]): { line: number; column: number } | null {
  const found = mistakes.find((each) => each.file === file && each.line > 0);
  return found ? { line: found.line, column: Math.max(1, found.column) } : null;
}
