// What the jobs of the lake say about their last run, taken apart so that it can be said in the language of the page.
import { figure } from "../../lib/figure";
import { type Shapes, partsOf } from "../../lib/said";

const shapes: Shapes = {
  commit: /^(?<rows>\d+) rows in (?<files>\d+) files, (?<took>\d+) ms$/,
  rollup: /^(?<buckets>\d+) buckets$/,
  checkpoint: /^(?<table>\w+) at version (?<version>\d+)$/,
  series: /^(?<series>\d+) series$/,
  retention: /^(?<rows>\d+) rows$/,
  vacuum: /^(?<files>\d+) data files, (?<commits>\d+) old commits$/,
  compact: /^(?<done>\d+) groups packed, (?<waiting>\d+) wait$/,
};

/** The last run in words, or as the server wrote it. */
export function jobWords(t: (key: string, parts: Record<string, string>) => string, name: string, detail: string, language: string): string {
  const parts = partsOf(shapes, name, detail);
  if (!parts) return detail;
  return t(`lake.did.${name}`, Object.fromEntries(Object.entries(parts).map(([key, text]) => [key, /^\d+$/.test(text) ? figure(Number(text), language) : text])));
}
