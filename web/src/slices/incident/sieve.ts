// Which incidents the list shows, and where each stands while somebody looks: pure.
import type { Incident, Severity } from "../../api/wire";

/** The states that a list can be asked for, in their order; `active` is all that is not closed. */
export const standings = ["active", "open", "in_progress", "closed"] as const;
export type Standing = (typeof standings)[number];

export interface Sieve {
  q?: string;
  state?: Standing;
  severity?: Severity;
  area?: string;
  org?: string;
}

/** The question to the server. */
export function asked({ q, state = "active", severity, area, org }: Sieve): Record<string, string | number | null> {
  return { state, severity: severity ?? null, area: area ?? null, org: org ?? null, q: q?.trim().slice(0, 200) || null };
}

export interface Steady {
  rows: Incident[];
  /** How many belong to the list and wait until the hand is away. */
  waiting: number;
}

/** While the list is held, rows keep their places with their newest content, and what is new waits. */
export function steady(before: readonly string[], items: readonly Incident[], held: boolean): Steady {
  if (!held || before.length === 0) return { rows: [...items], waiting: 0 };
  const byId = new Map(items.map((item) => [item.id, item]));
  const rows = before.flatMap((id) => byId.get(id) ?? []);
  return { rows, waiting: items.length - rows.length };
}
