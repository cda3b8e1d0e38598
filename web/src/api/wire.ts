// What the server says, as contracts/openapi.json has it (schema.ts is generated from it); here it gets short names, and what JSON Schema cannot say.
import type { components } from "./schema";

type Schemas = components["schemas"];

/** An RFC 3339 instant, UTC. */
export type Instant = string;
export type Language = "vi" | "en";
/** A text in Vietnamese and, where there is one, in English. */
export type Words = Schemas["Text"];
export type Place = Schemas["Place"];
/** `clock` says whether the instance runs on a scaled clock, as a replayed storm does, and how it must be labelled. */
export type Status = Schemas["Status"] & { clock?: { scaled?: boolean; scale?: number; label?: string | null } };
export type Area = Schemas["Area"];
export type Org = Schemas["Org"];
/** `presence` and `expected_every_s`: whether it is heard as often as it should be. */
export type Device = Schemas["Device"];

export type Grade = "good" | "suspect" | "bad";
export type Observation = Omit<Schemas["Observation"], "value" | "quality"> & {
  /** Number, boolean, text, a place or JSON. */
  value: unknown;
  quality: Grade;
};
export type Latest = Omit<Schemas["LatestList"], "items"> & { items: Observation[] };

export type Severity = 1 | 2 | 3 | 4 | 5;
export type AlertState = Schemas["AlertPhase"];
export type TimelineEntry = Schemas["AlertLine"];
export type Alert = Omit<Schemas["Alert"], "severity"> & { severity: Severity };

export type LinkedAlert = Omit<Schemas["LinkedAlert"], "severity"> & { severity: Severity };
export type IncidentLine = Schemas["IncidentLine"];
export type Incident = Omit<Schemas["Incident"], "severity" | "alerts"> & { severity: Severity; alerts: LinkedAlert[] };

/** A fact of the journal in the envelope of CloudEvents 1.0, as the stream of events sends it. */
export interface Fact {
  id: string;
  type: string;
  source: string;
  subject: string;
  time: Instant;
  data: unknown;
}
