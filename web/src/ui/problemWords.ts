// Errors in words a duty officer can act on.
import type { TFunction } from "i18next";
import { asProblem } from "../api/problem";

/** What went wrong and what to do, with the server's own words behind it. */
export function problemWords(t: TFunction, error: unknown): string {
  const problem = asProblem(error);
  if (problem.status === 0) return t("problem.noAnswer");
  const known = ["400", "401", "403", "404", "409", "412", "413", "422", "429", "503", "507"].includes(String(problem.status));
  const text = t(known ? `problem.${problem.status}` : "problem.other", { status: problem.status, seconds: problem.retryAfter ?? 60 });
  return problem.detail ? `${text} (${problem.detail})` : text;
}
