// The points of a series as columns that a chart draws: cut at the moment shown, broken at gaps, doubtful points apart. Pure.
import type { HistorySeries } from "./model";

export interface Trace {
  /** Seconds since 1970, rising. */
  times: number[];
  values: (number | null)[];
  /** The least and the greatest of each bucket; null where the points are single observations. */
  low: (number | null)[] | null;
  high: (number | null)[] | null;
  /** The values at points that are doubtful or bad. */
  suspect: (number | null)[];
  bad: (number | null)[];
}

/** A number to draw; `true` and `false` are steps of a switch. */
export function drawn(value: unknown): number | null {
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  return typeof value === "boolean" ? Number(value) : null;
}

export function traceOf(series: HistorySeries, at: number | null): Trace {
  const trace: Trace = { times: [], values: [], low: series.points.some((point) => point.min !== undefined) ? [] : null, high: null, suspect: [], bad: [] };
  trace.high = trace.low === null ? null : [];
  const push = (time: number, value: number | null, min: number | null, max: number | null, quality: string) => {
    trace.times.push(time);
    trace.values.push(value);
    trace.low?.push(min);
    trace.high?.push(max);
    trace.suspect.push(quality === "suspect" ? value : null);
    trace.bad.push(quality === "bad" ? value : null);
  };
  const breaks = series.gaps.map((gap) => Date.parse(gap.from) / 1_000).sort((a, b) => a - b);
  let next = 0;
  for (const point of [...series.points].sort((a, b) => Date.parse(a.time) - Date.parse(b.time))) {
    const time = Date.parse(point.time);
    if (!Number.isFinite(time) || (at !== null && time > at)) continue;
    const seconds = time / 1_000;
    for (let gap = breaks[next]; gap !== undefined && gap < seconds; gap = breaks[(next += 1)]) {
      const last = trace.times.at(-1);
      if (last !== undefined && gap >= last) push(Math.max(gap, last + 0.001), null, null, null, "");
    }
    // Two points of one instant: the later one is the correction.
    if (trace.times.at(-1) === seconds) for (const column of [trace.times, trace.values, trace.low, trace.high, trace.suspect, trace.bad]) column?.pop();
    const value = drawn(point.value);
    push(seconds, value, point.min ?? value, point.max ?? value, point.quality ?? "good");
  }
  return trace;
}

export interface Summary {
  last: number;
  lastAt: number;
  min: number;
  max: number;
}

/** Last, least and greatest of what is drawn; null when nothing is. */
export function summary(trace: Trace): Summary | null {
  let found: Summary | null = null;
  trace.values.forEach((value, index) => {
    if (value === null) return;
    const [low, high] = [trace.low?.[index] ?? value, trace.high?.[index] ?? value];
    found = { last: value, lastAt: (trace.times[index] ?? 0) * 1_000, min: Math.min(found?.min ?? low, low), max: Math.max(found?.max ?? high, high) };
  });
  return found;
}

/** The index of the point nearest to a time; -1 when there is none. */
export function nearest(times: readonly number[], time: number): number {
  let [low, high] = [0, times.length - 1];
  if (high < 0) return -1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? 0) < time) low = middle + 1;
    else high = middle;
  }
  return low > 0 && time - (times[low - 1] ?? 0) <= (times[low] ?? 0) - time ? low - 1 : low;
}
