// The question to the trail, and who acted in words. Pure.
import type { Actor, AuditClass, Outcome } from "./wire";

export interface Sieve {
  who?: string;
  act?: string;
  target?: string;
  source?: string;
  outcome?: Outcome;
  class?: AuditClass;
  from?: string;
  to?: string;
}

/** How the trail names who acted. */
export function actorText(actor: Actor): string {
  return actor.kind === "anonymous" ? "anonymous" : `${actor.kind}:${actor.id}`;
}

/** The question as the API takes it. `actorOf` finds how the trail names an account; other words are taken as they are. */
export function asked(sieve: Sieve, actorOf: (account: string) => string | undefined): Record<string, string | undefined> {
  const who = sieve.who?.trim();
  const words = (text: string | undefined) => text?.trim() || undefined;
  return { actor: who ? (actorOf(who) ?? who) : undefined, act: words(sieve.act), target: words(sieve.target), source: words(sieve.source), outcome: sieve.outcome, class: sieve.class, from: sieve.from, to: sieve.to };
}
