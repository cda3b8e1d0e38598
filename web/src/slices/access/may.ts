// What can be done with somebody's account, and why not.
import type { Action } from "../../ui/may";
import type { Person } from "./wire";

export type Act = "give" | "clearance" | "password" | "end" | "open";

/** What one must be permitted for each; an act that is not permitted is not offered. */
export const needs: Record<Act, Action> = { give: "right.keep", clearance: "right.keep", password: "person.keep", end: "person.keep", open: "person.keep" };

/** The emergency account is opened by two people together. */
export const EMERGENCY = "khan-cap";

/** Is it the account of who looks? Nobody changes oneself here. */
export function isOneself(person: Person, me: string): boolean {
  return person.actor === `person:${me}`;
}

/** Why the act makes no sense on this account now, as a key of the translations; null when it does. */
export function whyNot(act: Act, person: Person, ended: boolean, past: boolean): string | null {
  if (past) return "whyNot.past";
  if (act === "password") return person.kind === "service" ? "people.whyNot.service" : person.account === EMERGENCY ? "people.whyNot.emergency" : ended ? "people.whyNot.ended" : null;
  if (act === "open") return person.account === EMERGENCY ? "people.whyNot.emergency" : null;
  return act === "give" && ended ? "people.whyNot.ended" : null;
}
