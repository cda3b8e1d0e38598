// What can be done with an incident, and why not.
import type { Incident } from "../../api/wire";
import type { Action } from "../../ui/may";

export type Act = "note" | "assign" | "severity" | "work" | "close" | "reopen" | "link";

/** The keys of the acts on the page of an incident. */
export const strokes: Record<Act, string> = { note: "n", assign: "a", severity: "v", work: "s", close: "c", reopen: "o", link: "g" };

/** What one must be permitted for each; an act that is not permitted is not offered. */
export const needs: Record<Act, Action> = { note: "incident.note", assign: "incident.assign", severity: "incident.grade", work: "incident.work", close: "incident.close", reopen: "incident.close", link: "incident.link" };

/** Why the act makes no sense on this incident now, as a key of the translations; null when it does. */
export function whyNot(act: Act, incident: Incident | null, past: boolean): string | null {
  if (past) return "whyNot.past";
  if (incident === null) return "incident.whyNot.none";
  if (act === "reopen") return incident.state === "closed" ? null : "incident.whyNot.notClosed";
  if (incident.state === "closed") return "incident.whyNot.closed";
  return act === "work" && incident.state === "in_progress" ? "incident.whyNot.working" : null;
}
