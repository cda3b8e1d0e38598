// What went wrong, in the form of RFC 9457.

/** An answer that is not a success, or no answer at all (`status` 0). */
export class Problem extends Error {
  readonly status: number;
  /** The stable code of the kind of problem, such as `not_signed_in`; empty when unknown. */
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  /** Seconds until it makes sense to try again, where the server said so. */
  readonly retryAfter: number | null;
  /** All fields of the answer, for what a route says beyond the form. */
  readonly fields: Readonly<Record<string, unknown>>;

  constructor(status: number, title: string, detail: string, retryAfter: number | null, code = "", fields: Readonly<Record<string, unknown>> = {}) {
    super(detail || title || `HTTP ${status}`);
    this.status = status;
    this.code = code;
    this.title = title;
    this.detail = detail;
    this.retryAfter = retryAfter;
    this.fields = fields;
  }
}

/** The problem in an answer; never throws, whatever the body is. */
export async function problemOf(answer: Response): Promise<Problem> {
  const body: unknown = await answer.json().catch(() => null);
  const fields = typeof body === "object" && body !== null ? (body as Record<string, unknown>) : {};
  const text = (name: string) => (typeof fields[name] === "string" ? fields[name] : "");
  const retry = Number(answer.headers.get("retry-after") ?? Number.NaN);
  return new Problem(answer.status, text("title"), text("detail"), answer.headers.has("retry-after") && Number.isFinite(retry) ? retry : null, text("code"), fields);
}

/** Any error as a problem. */
export function asProblem(error: unknown): Problem {
  return error instanceof Problem ? error : new Problem(0, "", error instanceof Error ? error.message : String(error), null);
}
