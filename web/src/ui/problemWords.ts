// Errors in words a duty officer can act on.
import type { TFunction } from "i18next";
import { asProblem } from "../api/problem";

/** What went wrong and what to do, with the server's own words behind it. A code that is known says more than its status. */
export function problemWords(t: TFunction, error: unknown): string {
  const problem = asProblem(error);
  if (problem.status === 0) return t("problem.noAnswer");
  const known = ["400", "401", "403", "404", "409", "412", "413", "422", "429", "503", "507"].includes(String(problem.status));
  const fill = { status: problem.status, seconds: problem.retryAfter ?? 60 };
  const text = t([`problem.code.${problem.code || "none"}`, known ? `problem.${problem.status}` : "problem.other"], fill);
  return problem.detail ? `${text} (${problem.detail})` : text;
}
