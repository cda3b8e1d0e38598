// What can be done to an alert, and why not.
import type { Alert } from "../../api/wire";
import type { Action } from "../../ui/may";

export type Act = "acknowledge" | "comment" | "shelve" | "unshelve";

/** What one must be permitted for each; an act that is not permitted is not offered. */
export const needs: Record<Act, Action> = { acknowledge: "alert.acknowledge", comment: "alert.comment", shelve: "alert.shelve", unshelve: "alert.shelve" };

/** Why the act makes no sense on this alert now, as a key of the translations; null when it does. */
export function whyNot(act: Act, alert: Alert | null): string | null {
  if (alert === null) return "whyNot.none";
  if (act === "comment") return null;
  if (alert.state === "cleared") return "whyNot.cleared";
  if (act === "unshelve") return alert.state === "shelved" ? null : "whyNot.notShelved";
  if (alert.state === "shelved") return "whyNot.shelved";
  return act === "acknowledge" && alert.state === "acknowledged" ? "whyNot.acknowledged" : null;
}
