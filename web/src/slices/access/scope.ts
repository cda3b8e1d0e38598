// What of a session everything on the page depends on: who, in which post, with which rights. Pure.
import type { Problem } from "../../api/problem";
import type { Session } from "./wire";

/** Two sessions with the same text see the same. */
export function scopeOf(session: Session | null | undefined): string {
  if (!session) return "";
  const post = session.posts[session.post];
  return JSON.stringify([session.person, post?.org ?? null, post?.area ?? null, session.max_classification, session.actions]);
}

/** Does a refusal say that a second factor has to be shown first? */
export function asksForFactor(problem: Problem): boolean {
  return problem.status === 403 && Array.isArray(problem.fields.rules) && problem.fields.rules.includes("second_factor");
}
