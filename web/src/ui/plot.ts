// The only file that holds a uPlot chart: calm lines on the dark ground, times of Hà Nội, colour for doubtful points alone.
import uPlot from "uplot";
import { ZONE } from "../lib/age";
import { figure } from "../lib/figure";
import { tones } from "./tones";

export interface PlotLine {
  label: string;
  /** Points are joined over places where only other lines have one. */
  joined?: boolean;
  values: readonly (number | null)[];
  low?: readonly (number | null)[] | null;
  high?: readonly (number | null)[] | null;
  suspect?: readonly (number | null)[];
  bad?: readonly (number | null)[];
}

export interface PlotData {
  /** Seconds since 1970, or plain numbers when `numeric`. */
  x: readonly number[];
  lines: readonly PlotLine[];
  from?: number;
  to?: number;
  numeric?: boolean;
}

const FONT = "12px 'Be Vietnam Pro', sans-serif";
const QUIET = "#9aabba";
const GRID = { stroke: "#22303c", width: 1 };

const hour = new Intl.DateTimeFormat("en-GB", { timeZone: ZONE, hour: "2-digit", minute: "2-digit" });
const second = new Intl.DateTimeFormat("en-GB", { timeZone: ZONE, timeStyle: "medium" });
const day = new Intl.DateTimeFormat("en-GB", { timeZone: ZONE, day: "2-digit", month: "2-digit" });

function timeWords(at: number, step: number): string {
  const ms = at * 1_000;
  if (step >= 86_400) return day.format(ms);
  const text = step < 60 ? second.format(ms) : hour.format(ms);
  return text === "00:00" ? day.format(ms) : text;
}

export interface Plot {
  set: (data: PlotData) => void;
  size: (width: number, height: number) => void;
  /** Puts the cursor on a point. */
  point: (index: number) => void;
  end: () => void;
}

/** `onCursor` hears the index under the pointer, null when it leaves. The number of lines is fixed from here on. */
export function plot(box: HTMLElement, first: PlotData, language: string, onCursor: (index: number | null) => void): Plot {
  const columns = (data: PlotData): uPlot.AlignedData => [
    [...data.x],
    ...data.lines.flatMap((line) => [line.values, line.low ?? [], line.high ?? [], line.suspect ?? [], line.bad ?? []].map((column) => (column.length > 0 ? [...column] : data.x.map(() => null)))),
  ];
  let shown = first;
  const series: uPlot.Series[] = [{}];
  const bands: uPlot.Band[] = [];
  first.lines.forEach((line, at) => {
    const tone = tones[at % tones.length] ?? { colour: QUIET, dash: [] };
    const base = 1 + at * 5;
    const quiet = { width: 0, points: { show: false }, spanGaps: false };
    const dots = (colour: string, size: number): uPlot.Series => ({ width: 0, stroke: "transparent", points: { show: true, size, stroke: colour, width: 2, fill: "#131b23" } });
    series.push({ label: line.label, stroke: tone.colour, width: 1.6, dash: tone.dash, spanGaps: line.joined ?? false, points: { size: 4, fill: tone.colour } }, quiet, quiet, dots("#e8c268", 8), dots("#ff6b6b", 9));
    bands.push({ series: [base + 2, base + 1], fill: `${tone.colour}2e` });
  });
  const chart = new uPlot(
    {
      width: Math.max(80, box.clientWidth),
      height: Math.max(80, box.clientHeight),
      tzDate: (at) => uPlot.tzDate(new Date(at * 1_000), ZONE),
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false, setScale: false }, points: { show: false } },
      scales: { x: { time: !first.numeric, range: (_, min, max) => (shown.from !== undefined && shown.to !== undefined ? [shown.from, shown.to] : [min, max === min ? min + 1 : max]) } },
      series,
      bands,
      axes: [
        { stroke: QUIET, font: FONT, grid: GRID, ticks: { show: false }, space: 64, size: 32, values: (_, splits, __, ___, step) => splits.map((at) => (first.numeric ? figure(at, language) : timeWords(at, step))) },
        { stroke: QUIET, font: FONT, grid: GRID, ticks: { show: false }, size: 58, values: (_, splits) => splits.map((value) => figure(value, language)) },
      ],
      hooks: { setCursor: [(u) => onCursor(u.cursor.idx ?? null)] },
    },
    columns(first),
    box,
  );
  chart.over.setAttribute("aria-hidden", "true");
  return {
    set: (data) => {
      shown = data;
      chart.setData(columns(data));
    },
    size: (width, height) => width > 0 && height > 0 && chart.setSize({ width, height }),
    point: (index) => {
      const x = shown.x[index];
      if (x !== undefined) chart.setCursor({ left: chart.valToPos(x, "x"), top: 1 });
    },
    end: () => chart.destroy(),
  };
}
