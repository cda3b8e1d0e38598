// Nothing moves under the pointer: while the list is held, rows keep their places and new alerts wait behind a pill.
import type { Alert } from "../../api/wire";

export interface Row {
  alert: Alert;
  /** No longer belongs to this list, but stays in its place while the list is held. */
  gone: boolean;
}

export interface Placed {
  rows: Row[];
  /** Alerts that belong to the list and are not shown yet, in order. */
  waiting: Alert[];
}

/**
 * Where everything goes. `before` are the rows on the screen, `members` the alerts that belong to the list, in order,
 * `known` all alerts with their present content.
 */
export function place(before: readonly Row[], members: readonly Alert[], known: ReadonlyMap<string, Alert>, held: boolean): Placed {
  if (!held || before.length === 0) return { rows: members.map((alert) => ({ alert, gone: false })), waiting: [] };
  const belongs = new Set(members.map((alert) => alert.id));
  const shown = new Set(before.map((row) => row.alert.id));
  return {
    rows: before.map(({ alert }) => ({ alert: known.get(alert.id) ?? alert, gone: !belongs.has(alert.id) })),
    waiting: members.filter((alert) => !shown.has(alert.id)),
  };
}

/** How long a hand may rest before the list moves on without it: an unattended screen must not hide what is new. */
export const PATIENCE = 60_000;

/** Is the list held? By a pointer over it, the focus inside or a scroll away from the top, unless all that is long ago. */
export function isHeld(hold: { hovered: boolean; focused: boolean; scrolled: boolean; touched: number }, now: number): boolean {
  return (hold.hovered || hold.focused || hold.scrolled) && now - hold.touched < PATIENCE;
}

/** The id `by` rows further down (or up); from nowhere, the first (or last). */
export function neighbour(rows: readonly Row[], from: string | null, by: 1 | -1): string | null {
  const at = rows.findIndex((row) => row.alert.id === from);
  const next = at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + by));
  return rows[next]?.alert.id ?? null;
}
