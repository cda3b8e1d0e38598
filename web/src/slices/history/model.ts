// What the history says: series over time, tables, results of queries, the state of the lake.
import type { Instant, Words } from "../../api/wire";

export interface HistoryPoint {
  time: Instant;
  value: number | boolean | string | null;
  min?: number;
  max?: number;
  count?: number;
  quality?: string;
}

export interface HistorySeries {
  series: number;
  device: string;
  attribute: string;
  name: string;
  unit: string;
  title: Words;
  kind: string;
  method: string;
  /** Seconds of a bucket; null where the points are single observations. */
  bucket_s: number | null;
  points: HistoryPoint[];
  gaps: { from: Instant; to: Instant }[];
}

export interface History {
  items: HistorySeries[];
  from: Instant;
  to: Instant;
  /** Up to when everything that had come in is contained. */
  known_to: Instant;
}

export interface Column {
  name: string;
  type: string;
  unit?: string | null;
}

export interface Result {
  columns: Column[];
  rows: unknown[][];
  more: boolean;
  known_to: Instant;
  took_ms: number;
}

export interface Table {
  name: string;
  title?: Words;
  columns: { name: string; type: string; title?: Words }[];
  rows?: number | null;
}

export interface LakeState {
  tables: { name: string; version: number; files: number; bytes: number; rows: number }[];
  lag_rows: number;
  lag_s: number;
  position?: unknown;
  jobs: { name: string; last_run?: Instant | null; last_ok?: Instant | boolean | null; detail?: string | null }[];
}
