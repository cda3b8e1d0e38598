// What a chart draws of a series.
import { expect, it } from "vitest";
import type { HistoryPoint, HistorySeries } from "./model";
import { drawn, nearest, summary, traceOf } from "./trace";

const at = (second: number) => new Date(1_700_000_000_000 + second * 1_000).toISOString();
const series = (points: HistoryPoint[], gaps: [number, number][] = []): HistorySeries => ({
  series: 1, device: "d", attribute: "a", name: "n", unit: "m", title: { vi: "", en: "" }, kind: "number", method: "minmax", bucket_s: null, points,
  gaps: gaps.map(([from, to]) => ({ from: at(from), to: at(to) })),
});
const seconds = (times: readonly number[]) => times.map((time) => Math.round((time - 1_700_000_000) * 1_000) / 1_000);

it("breaks the line at a gap, and only there", () => {
  const trace = traceOf(series([0, 10, 100, 110].map((time) => ({ time: at(time), value: time })), [[10, 100]]), null);
  expect(seconds(trace.times)).toEqual([0, 10, 10.001, 100, 110]);
  expect(trace.values).toEqual([0, 10, null, 100, 110]);
  expect(trace.low).toBeNull();
});
it("draws nothing before the first point and nothing after the moment shown", () => {
  const trace = traceOf(series([10, 20, 30].map((time) => ({ time: at(time), value: 1 })), [[0, 10]]), Date.parse(at(20)));
  expect(seconds(trace.times)).toEqual([10, 20]);
});
it("sorts, and lets a correction of the same instant win", () => {
  const trace = traceOf(series([{ time: at(5), value: 2 }, { time: at(1), value: 1 }, { time: at(5), value: 3 }]), null);
  expect(trace.values).toEqual([1, 3]);
});
it("keeps the band of each bucket", () => {
  const trace = traceOf(series([{ time: at(0), value: 2, min: 1, max: 9 }, { time: at(60), value: 3 }]), null);
  expect([trace.low, trace.high]).toEqual([[1, 3], [9, 3]]);
  expect(summary(trace)).toMatchObject({ last: 3, min: 1, max: 9 });
});
it("sets doubtful and bad points apart", () => {
  const trace = traceOf(series([{ time: at(0), value: 1 }, { time: at(1), value: 2, quality: "suspect" }, { time: at(2), value: 3, quality: "bad" }]), null);
  expect([trace.suspect, trace.bad]).toEqual([[null, 2, null], [null, null, 3]]);
});
it.each([[1.5, 1.5], [true, 1], [false, 0], ["x", null], [null, null], [Number.NaN, null]])("%j is drawn as %j", (value, wanted) => expect(drawn(value)).toBe(wanted));
it("has no summary of nothing", () => expect(summary(traceOf(series([]), null))).toBeNull());
it.each([[-5, 0], [0, 0], [4, 0], [6, 1], [99, 2]])("the point nearest to %i is %i", (time, wanted) => expect(nearest([0, 10, 20], time)).toBe(wanted));
it("there is no nearest point of none", () => expect(nearest([], 1)).toBe(-1));
