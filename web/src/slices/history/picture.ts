// The result of a query as something one can draw: which column lies along, which go up, one line for each or for each name. Pure.
import type { Column, Result } from "./model";

export type Sort = "time" | "number" | "text";

const INSTANT = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}/;

/** What a column holds, judged by its type and by its first values. */
export function sortOf(column: Column, rows: readonly (readonly unknown[])[], at: number): Sort {
  const seen = rows.slice(0, 50).map((row) => row[at]).filter((value) => value !== null && value !== undefined);
  if (/time|date/i.test(column.type) || (seen.length > 0 && seen.every((value) => typeof value === "string" && INSTANT.test(value)))) return "time";
  if (seen.length > 0 ? seen.every((value) => typeof value === "number") : /int|float|double|decimal/i.test(column.type)) return "number";
  return "text";
}

export interface Choice {
  /** The column that lies along. */
  x: number;
  /** The columns that go up. */
  y: number[];
  /** One line for each value of this column; null when each column is a line. */
  by: number | null;
}

/** A sensible first choice; null when nothing can go up. */
export function choiceOf(result: Pick<Result, "columns" | "rows">): Choice | null {
  const sorts = result.columns.map((column, at) => sortOf(column, result.rows, at));
  const time = sorts.indexOf("time");
  const numbers = sorts.flatMap((sort, at) => (sort === "number" ? [at] : []));
  if (time >= 0 && numbers.length > 0) {
    const by = sorts.indexOf("text");
    return { x: time, y: by >= 0 ? numbers.slice(0, 1) : numbers.slice(0, 4), by: by >= 0 ? by : null };
  }
  const text = sorts.indexOf("text");
  if (text >= 0 && numbers.length > 0) return { x: text, y: numbers.slice(0, 1), by: null };
  const [x, ...rest] = numbers;
  return x === undefined || rest.length === 0 ? null : { x, y: rest.slice(0, 4), by: null };
}

export interface Lines {
  sort: "time" | "number";
  x: number[];
  lines: { label: string; values: (number | null)[] }[];
  /** More names than are drawn. */
  left: number;
}
export interface Bars {
  sort: "text";
  bars: { label: string; value: number }[];
  left: number;
}

const MOST_LINES = 8;
const MOST_BARS = 60;

const number = (value: unknown): number | null => (typeof value === "number" && Number.isFinite(value) ? value : null);

export function pictureOf(result: Pick<Result, "columns" | "rows">, { x, y, by }: Choice): Lines | Bars {
  const column = result.columns[x];
  const sort = column ? sortOf(column, result.rows, x) : "text";
  if (sort === "text") {
    const bars = result.rows.flatMap((row) => {
      const value = number(row[y[0] ?? -1]);
      return value === null ? [] : [{ label: String(row[x] ?? "–"), value }];
    });
    return { sort, bars: bars.slice(0, MOST_BARS), left: Math.max(0, bars.length - MOST_BARS) };
  }
  const along = (row: readonly unknown[]) => (sort === "time" ? (typeof row[x] === "string" ? Date.parse(row[x]) / 1_000 : number(row[x])) : number(row[x]));
  const names = by === null ? y.map((at) => result.columns[at]?.name ?? "") : [...new Set(result.rows.map((row) => String(row[by] ?? "–")))];
  const shown = names.slice(0, MOST_LINES);
  const places = new Map(shown.map((name, at) => [name, at]));
  const points = new Map<number, (number | null)[]>();
  for (const row of result.rows) {
    const at = along(row);
    if (at === null || !Number.isFinite(at)) continue;
    const values = points.get(at) ?? shown.map(() => null);
    points.set(at, values);
    if (by === null) y.forEach((from, to) => (values[to] = number(row[from])));
    else {
      const to = places.get(String(row[by] ?? "–"));
      if (to !== undefined) values[to] = number(row[y[0] ?? -1]);
    }
  }
  const order = [...points.keys()].sort((a, b) => a - b);
  return { sort, x: order, lines: shown.map((label, line) => ({ label, values: order.map((at) => points.get(at)?.[line] ?? null) })), left: names.length - shown.length };
}

/** Rows in the order of a column; what is empty comes last. */
export function sorted(rows: readonly (readonly unknown[])[], at: number, down: boolean): (readonly unknown[])[] {
  const compare = (a: unknown, b: unknown): number => (typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b)));
  const empty = (value: unknown) => value === null || value === undefined;
  return [...rows].sort((a, b) => (empty(a[at]) || empty(b[at]) ? Number(empty(a[at])) - Number(empty(b[at])) : (down ? -1 : 1) * compare(a[at], b[at])));
}
