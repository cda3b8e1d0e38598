// What the addresses of the rooms say: what is open, which filter, which moment. Anything else in them is dropped. Pure.
import type { Severity } from "../api/wire";
import { momentText, parseMoment } from "../lib/moment";
import { type Finding, type Standing as PersonStanding, findings, standings as personStandings } from "../slices/access/sift";
import { type Shelf, shelves } from "../slices/alert/order";
import { type Standing, standings } from "../slices/device/contact";
import { type AuditClass, type Outcome, classes, outcomes } from "../slices/audit/wire";
import { type Standing as IncidentStanding, standings as incidentStandings } from "../slices/incident/sieve";
import { type Kind, type State, kinds, states } from "../slices/pack/model";
import { type View, views } from "../slices/pack/views";

type Raw = Record<string, unknown>;

/** In every room. */
export interface FrameSearch {
  /** The moment shown: `paused`, `at=…` or `replay=…`; absent means live. */
  t?: string;
  /** Wall mode: no rail, larger, nothing to click. */
  wall?: 1;
}

export interface DutySearch {
  alert?: string;
  device?: string;
  area?: string;
  state?: Shelf;
  severity?: Severity;
  /** On a phone: the map instead of the list. */
  view?: "map";
}

export interface AlertsSearch {
  alert?: string;
  state?: Shelf;
  severity?: Severity;
  area?: string;
  q?: string;
}

export interface IncidentsSearch {
  q?: string;
  state?: IncidentStanding;
  severity?: Severity;
  area?: string;
  org?: string;
}

export interface DevicesSearch {
  q?: string;
  area?: string;
  profile?: string;
  standing?: Standing;
  sort?: "contact";
}

/** How far back the charts of a device reach. */
export const ranges = ["1h", "6h", "24h", "7d", "30d"] as const;
export interface DeviceSearch {
  range?: (typeof ranges)[number];
}

export interface MapSearch {
  alert?: string;
  device?: string;
  area?: string;
  /** Layers that are switched off, with commas. */
  off?: string;
}

export interface QualitySearch {
  device?: string;
  reason?: string;
  item?: string;
  view?: "series";
}

export interface SqlSearch {
  /** The query last run. */
  q?: string;
  view?: "chart";
}

export interface PackSearch {
  q?: string;
  kind?: Kind;
  state?: State;
}

export interface PackItemSearch {
  view?: View;
  /** The version that is open. */
  v?: number;
}

export interface PeopleSearch {
  view?: "roles" | "review";
  q?: string;
  role?: string;
  standing?: PersonStanding;
  /** What the review looks for. */
  finding?: Finding;
}

export interface AuditSearch {
  /** An account, or who acted as the trail names it. */
  who?: string;
  act?: string;
  target?: string;
  /** Beginning of the address it came from. */
  source?: string;
  outcome?: Outcome;
  class?: AuditClass;
  /** RFC 3339. */
  from?: string;
  to?: string;
  /** The number of the record that is open. */
  record?: number;
}

export const securityViews = ["vulnerabilities", "actions", "incidents", "usage", "emergency"] as const;
export interface SecuritySearch {
  /** Absent: the objects. */
  view?: (typeof securityViews)[number];
  q?: string;
  /** Of an object, an action or a client. */
  kind?: string;
  /** How a line stands; `new` for objects that nobody has looked at. */
  state?: string;
  /** What is open. */
  item?: string;
  /** The local day of the usage, such as `2026-11-22`. */
  day?: string;
  /** The code of the organisation that answers for a vulnerability; `-`: nobody yet. */
  org?: string;
  /** Only what should have been mended by now. */
  due?: "over";
}

const text = (value: unknown, most = 256): string | undefined => (typeof value === "string" && value !== "" && value.length <= most ? value : typeof value === "number" ? String(value) : undefined);
const oneOf = <T>(all: readonly T[], value: unknown): T | undefined => all.find((each) => each === value);
const levelOf = (value: unknown) => [1, 2, 3, 4, 5].find((level) => level === Number(value)) as Severity | undefined;

/** The fields that say something. */
function said<T extends object>(fields: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}

export function frameSearch(raw: Raw): FrameSearch {
  return said<FrameSearch>({ t: momentText(parseMoment(raw.t)), wall: raw.wall === 1 || raw.wall === "1" || raw.wall === true ? 1 : undefined });
}

export function dutySearch(raw: Raw): DutySearch {
  return said<DutySearch>({
    alert: text(raw.alert),
    device: text(raw.device),
    area: code(raw.area),
    state: shelves.find((shelf) => shelf === raw.state && shelf !== "open"),
    severity: levelOf(raw.severity),
    view: raw.view === "map" ? "map" : undefined,
  });
}

export function alertsSearch(raw: Raw): AlertsSearch {
  return said<AlertsSearch>({ alert: text(raw.alert), state: shelves.find((shelf) => shelf === raw.state && shelf !== "open"), severity: levelOf(raw.severity), area: code(raw.area), q: text(raw.q) });
}

export function incidentsSearch(raw: Raw): IncidentsSearch {
  return said<IncidentsSearch>({ q: text(raw.q), state: incidentStandings.find((each) => each === raw.state && each !== "active"), severity: levelOf(raw.severity), area: code(raw.area), org: text(raw.org, 64) });
}

export function devicesSearch(raw: Raw): DevicesSearch {
  return said<DevicesSearch>({ q: text(raw.q), area: code(raw.area), profile: text(raw.profile), standing: oneOf(standings, raw.standing), sort: raw.sort === "contact" ? "contact" : undefined });
}

export function deviceSearch(raw: Raw): DeviceSearch {
  return said<DeviceSearch>({ range: oneOf(ranges, raw.range) });
}

export function mapSearch(raw: Raw): MapSearch {
  return said<MapSearch>({ alert: text(raw.alert), device: text(raw.device), area: code(raw.area), off: text(raw.off, 1_000) });
}

export function qualitySearch(raw: Raw): QualitySearch {
  return said<QualitySearch>({ device: text(raw.device), reason: text(raw.reason), item: text(raw.item), view: raw.view === "series" ? "series" : undefined });
}

export function sqlSearch(raw: Raw): SqlSearch {
  return said<SqlSearch>({ q: text(raw.q, 8_000), view: raw.view === "chart" ? "chart" : undefined });
}

export function packSearch(raw: Raw): PackSearch {
  return said<PackSearch>({ q: text(raw.q), kind: oneOf(kinds, raw.kind), state: oneOf(states, raw.state) });
}

export function packItemSearch(raw: Raw): PackItemSearch {
  const version = Number(raw.v);
  return said<PackItemSearch>({ view: oneOf(views, raw.view), v: Number.isInteger(version) && version > 0 ? version : undefined });
}

export function peopleSearch(raw: Raw): PeopleSearch {
  return said<PeopleSearch>({ view: oneOf(["roles", "review"] as const, raw.view), q: text(raw.q), role: text(raw.role, 64), standing: oneOf(personStandings, raw.standing), finding: oneOf(findings, raw.finding) });
}

export function auditSearch(raw: Raw): AuditSearch {
  const number = typeof raw.record === "string" && raw.record !== "" ? Number(raw.record) : raw.record;
  const instant = (value: unknown) => (typeof value === "string" && !Number.isNaN(Date.parse(value)) ? value : undefined);
  return said<AuditSearch>({
    who: text(raw.who, 200),
    act: text(raw.act, 200),
    target: text(raw.target, 200),
    source: text(raw.source, 64),
    outcome: oneOf(outcomes, raw.outcome),
    class: oneOf(classes, raw.class),
    from: instant(raw.from),
    to: instant(raw.to),
    record: typeof number === "number" && Number.isSafeInteger(number) && number >= 0 ? number : undefined,
  });
}

export function securitySearch(raw: Raw): SecuritySearch {
  const day = text(raw.day, 10);
  return said<SecuritySearch>({ view: oneOf(securityViews, raw.view), q: text(raw.q), kind: text(raw.kind, 32), state: text(raw.state, 32), item: text(raw.item, 300), day: day && /^\d{4}-\d\d-\d\d$/.test(day) && !Number.isNaN(Date.parse(day)) ? day : undefined, org: text(raw.org, 64), due: raw.due === "over" ? "over" : undefined });
}

/** A commune code has five digits; the address may have lost its zeros on the way. */
function code(value: unknown): string | undefined {
  return typeof value === "number" ? String(value).padStart(5, "0") : text(value, 16);
}
