// Which lines of the room of security a list shows, and how near the due date of a vulnerability is. Pure.
import { fold } from "../../lib/fold";
import type { Flaw, FlawState, InventoryObject, Kind, SecurityAction, Usage } from "./wire";

const DAY = 86_400_000;

/** Whether a text has all these words, with or without accents. */
export function hits(text: string, q: string | undefined): boolean {
  const key = fold(text);
  return fold(q ?? "").split(" ").every((word) => key.includes(word));
}

/** Lines that the words and the condition let through, and how many of each group the words alone let through. */
export function sift<T, G extends string>(lines: readonly T[], text: (line: T) => string, q: string | undefined, group: (line: T) => G, chosen: G | undefined): { items: T[]; counts: ReadonlyMap<G, number> } {
  const passing = q ? lines.filter((line) => hits(text(line), q)) : lines;
  const counts = new Map<G, number>();
  for (const line of passing) counts.set(group(line), (counts.get(group(line)) ?? 0) + 1);
  return { items: passing.filter((line) => chosen === undefined || group(line) === chosen), counts };
}

export interface ObjectSieve {
  q?: string;
  kind?: Kind;
  /** Only what nobody has looked at yet. */
  fresh?: boolean;
}

export function siftObjects(objects: readonly InventoryObject[], text: (object: InventoryObject) => string, { q, kind, fresh }: ObjectSieve): { items: InventoryObject[]; counts: ReadonlyMap<Kind, number> } {
  return sift(fresh ? objects.filter((object) => object.last_review === null) : objects, text, q, (object) => object.kind as Kind, kind);
}

/** Ids are unique within their kind. */
export const objectKey = (object: Pick<InventoryObject, "kind" | "id">) => `${object.kind}/${object.id}`;

export interface FlawSieve {
  q?: string;
  grade?: string;
  state?: FlawState;
  /** The code of an organisation; empty: nobody answers for it yet. */
  owner?: string;
  /** Only what should have been mended by now. */
  over?: boolean;
}

/** Who answers for it belongs to the words: people look for what is theirs. */
export function siftFlaws(flaws: readonly Flaw[], orgName: (code: string) => string, { q, grade, state, owner, over }: FlawSieve, now: number): { items: Flaw[]; counts: ReadonlyMap<FlawState, number> } {
  const text = (flaw: Flaw) => `${flaw.package} ${flaw.version} ${flaw.advisory} ${flaw.aliases.join(" ")} ${flaw.summary} ${flaw.owner ? `${flaw.owner} ${orgName(flaw.owner)}` : ""}`;
  const meant = flaws.filter((flaw) => (!grade || flaw.grade === grade) && (owner === undefined || (flaw.owner ?? "") === owner) && (!over || dueOf(flaw, now)?.over === true));
  return sift(meant, text, q, (flaw) => flaw.state as FlawState, state);
}

/** The organisations that answer for something, by name. */
export function ownersOf(flaws: readonly Flaw[], orgName: (code: string) => string): string[] {
  const codes = [...new Set(flaws.flatMap((flaw) => flaw.owner ?? []))];
  return codes.sort((a, b) => orgName(a).localeCompare(orgName(b), "vi"));
}

export interface Due {
  over: boolean;
  /** Whole days until then, or since then. */
  days: number;
}

/** Null when it is not to be mended any more, or not now. The server says it is overdue at its next round; the page at once. */
export function dueOf(flaw: Pick<Flaw, "state" | "due" | "overdue">, now: number): Due | null {
  if (flaw.state !== "open") return null;
  const left = Date.parse(flaw.due) - now;
  return { over: flaw.overdue || left <= 0, days: Math.floor(Math.abs(left) / DAY) };
}

/** The words for it, as a key of the translations. */
export function dueWords(due: Due | null): [key: string, fill: { count: number }] | null {
  return due && [`security.due.${due.over ? "over" : "left"}${due.days === 0 ? "Today" : ""}`, { count: due.days }];
}

/** Upon what an action is taken, in one line. */
export function targetOf({ target }: Pick<SecurityAction, "target">): string {
  const part = target.session ?? target.token;
  return [target.account ?? target.device ?? "", part ? part.slice(-8) : ""].filter(Boolean).join(" · ");
}

/** Whether an action keeps something closed, or is about to, and so has an end. */
export const holds = ({ state, reversible }: Pick<SecurityAction, "state" | "reversible">) => reversible && (state === "in_force" || state === "begun");

/** How much of its day's limit a client has used, from 0 up; null where there is no limit. */
export function shareOf({ requests, per_day }: Pick<Usage, "requests" | "per_day">): number | null {
  return per_day ? requests / per_day : null;
}

/** The same day so many days later or earlier; days as `2026-11-22`. */
export function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY).toISOString().slice(0, 10);
}
