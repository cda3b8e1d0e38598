// Requests to the server that sent this page, and to no other.
import { Problem, problemOf } from "./problem";
import { answered } from "./pulse";

/** An answer later than this counts as none. */
const PATIENCE = 15_000;
let onSignedOut: () => void = () => {};

/** Calls `then` when an answer says that nobody is signed in (any more). */
export function whenSignedOut(then: () => void): void {
  onSignedOut = then;
}

/** Told by streams, which don't pass through [`call`]. */
export function signedOut(): void {
  onSignedOut();
}

let onDoubt: (refusal: Problem | null) => void = () => {};

/** Calls `then` when what the page knows of its rights may be old: something was refused, or the server ended a stream (null). */
export function whenInDoubt(then: (refusal: Problem | null) => void): void {
  onDoubt = then;
}

/** Told by streams as well. */
export function refused(problem: Problem): void {
  if (problem.code === "denied" || problem.code === "password_must_change") onDoubt(problem);
}

/** Told by streams that the server ended in good order, as it does when rights change. */
export function streamEnded(): void {
  onDoubt(null);
}

type Query = Record<string, string | number | null | undefined>;

/** The path with the given query; empty values are left out. */
export function withQuery(path: string, query: Query): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== "") search.set(name, String(value));
  }
  const text = search.toString();
  return text === "" ? path : `${path}?${text}`;
}

/** Sends one request and gives the body; throws a [`Problem`]. A body is sent as JSON, unless it is a blob, which says itself what it is.
 * What is known to take long says how long. */
export async function call<T>(method: string, path: string, body?: unknown, signal?: AbortSignal, patience = PATIENCE, more: Record<string, string> = {}): Promise<T> {
  const late = AbortSignal.timeout(patience);
  const json = body !== undefined && !(body instanceof Blob);
  let answer: Response;
  try {
    answer = await fetch(path, {
      method,
      credentials: "same-origin",
      cache: "no-store",
      headers: { accept: "application/json", ...(json ? { "content-type": "application/json" } : {}), ...more },
      body: json ? JSON.stringify(body) : body instanceof Blob ? body : null,
      signal: signal ? AbortSignal.any([signal, late]) : late,
    });
  } catch (error) {
    // A question that takes too long says nothing about the line.
    if (!signal?.aborted && patience === PATIENCE) answered(false);
    throw new Problem(0, "", error instanceof Error ? error.message : "", null);
  }
  answered(answer.status < 500);
  if (!answer.ok) {
    const problem = await problemOf(answer);
    if (problem.code === "not_signed_in" || (problem.status === 401 && !path.includes("/session"))) onSignedOut();
    refused(problem);
    throw problem;
  }
  return answer.status === 204 ? (undefined as T) : ((await answer.json().catch(() => undefined)) as T);
}

export function get<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
  return call<T>("GET", withQuery(path, query), undefined, signal);
}

/** A text that is no JSON, with one of its headers. */
export async function getText(path: string, header: string, signal?: AbortSignal): Promise<{ text: string; head: string | null }> {
  const late = AbortSignal.timeout(PATIENCE);
  const answer = await fetch(path, { credentials: "same-origin", cache: "no-store", signal: signal ? AbortSignal.any([signal, late]) : late }).catch((error: unknown) => {
    if (!signal?.aborted) answered(false);
    throw new Problem(0, "", error instanceof Error ? error.message : "", null);
  });
  answered(answer.status < 500);
  if (answer.ok) return { text: await answer.text(), head: answer.headers.get(header) };
  const problem = await problemOf(answer);
  if (problem.status === 401) onSignedOut();
  refused(problem);
  throw problem;
}

/** All pages of a list, up to `most` items; `complete` says whether that was all. `onPage` hears of what has come so far. */
export async function collect<T>(path: string, query: Query, most: number, signal?: AbortSignal, onPage?: (items: readonly T[]) => void): Promise<{ items: T[]; complete: boolean }> {
  const items: T[] = [];
  let cursor: string | null | undefined;
  do {
    const page = await get<{ items: T[]; next?: string | null }>(path, { ...query, cursor }, signal);
    items.push(...page.items);
    cursor = page.next;
    if (cursor) onPage?.(items);
  } while (cursor && items.length < most);
  return { items, complete: !cursor };
}
