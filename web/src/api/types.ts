// What the server says, by hand until contracts/openapi.json exists; then `npm run api` generates schema.ts.

/** An RFC 3339 instant, UTC. */
export type Instant = string;
export type Language = "vi" | "en";
export type Words = Partial<Record<Language, string>>;
export interface Place {
  lon: number;
  lat: number;
}
export interface Page<T> {
  items: T[];
  next?: string | null;
}

export interface Session {
  person: string;
  account: string;
  name: string;
  roles: string[];
  tenant: string;
  must_change_password: boolean;
}

export interface Status {
  instance: string;
  version: string;
  now: Instant;
  ready: boolean;
  ingest_per_s: number;
  log: { bytes: number; max_bytes: number };
  devices: number;
  series: number;
  disk_read_only: boolean;
}

export interface Area {
  code: string;
  name: string;
  kind: string;
  population?: number | null;
  lon: number;
  lat: number;
}

export interface Series {
  id: number;
  attribute: string;
  name: string;
  unit: string;
  kind: string;
  title: Words;
}

export interface Device {
  id: string;
  title: Words;
  profile: string;
  areas: string[];
  place: Place | null;
  state: "active" | "blocked";
  org: string;
  last_contact: Instant | null;
}

export interface DeviceWithSeries extends Device {
  series: Series[];
}

export type Grade = "good" | "suspect" | "bad";
export interface Observation {
  series: number;
  device: string;
  entity: string;
  attribute: string;
  name: string;
  unit: string;
  title: Words;
  time: Instant;
  value: unknown;
  quality: Grade;
  doubt: string | null;
  received: Instant;
}
export interface Latest extends Page<Observation> {
  at: Instant;
}

export type Severity = 1 | 2 | 3 | 4 | 5;
export type AlertState = "raised" | "acknowledged" | "shelved" | "cleared";
export interface TimelineEntry {
  at: Instant;
  by: string | null;
  act: string;
  /** The act as a sentence. */
  title?: Words;
  text?: string | null;
}
export interface Alert {
  id: string;
  code: string;
  title: Words;
  severity: Severity;
  state: AlertState;
  group: string;
  entity: string;
  device: string | null;
  areas: string[];
  place: Place | null;
  raised_at: Instant;
  updated_at: Instant;
  cleared_at: Instant | null;
  acknowledged: { by: string; at: Instant } | null;
  shelved: { by: string; until: Instant; reason: string } | null;
  signals: number;
  raises: number;
  params: Record<string, unknown>;
  version: number;
  timeline?: TimelineEntry[];
}

/** A fact of the journal in the envelope of CloudEvents 1.0. */
export interface Fact {
  id: string;
  type: string;
  source: string;
  subject: string;
  time: Instant;
  data: unknown;
}
