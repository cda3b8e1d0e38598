// When to connect a stream, when to give a silent one up and when to try again: a state machine without clock or network.

/** A line that said nothing for so long is taken for dead (the server pings each 15 s). */
export const SILENCE = 20_000;
/** Longest pause between two tries. */
export const MAX_PAUSE = 10_000;

/** Where a stream stands. Times are milliseconds of any one clock. */
export interface Line {
  phase: "idle" | "connecting" | "open" | "waiting";
  /** Last event id seen: the next connection resumes behind it. */
  lastId: string | null;
  /** When anything was last heard, a ping included; null before the first time. */
  heard: number | null;
  /** When the present phase began. */
  since: number;
  /** Failed tries since the last success. */
  tries: number;
  /** When to try again, in phase `waiting`. */
  retry: number;
}

export type Happening =
  | { kind: "start" }
  | { kind: "opened" }
  | { kind: "heard"; id: string | null }
  | { kind: "failed" }
  | { kind: "tick" }
  | { kind: "stop" };

/** What the owner of the line has to do next. */
export type Todo = "connect" | "abort" | null;

export const idle: Line = { phase: "idle", lastId: null, heard: null, since: 0, tries: 0, retry: 0 };

/** The pause before try `tries` + 1: 0.5 s doubling to 10 s, less up to a quarter of it by `dice` in [0, 1). */
export function pause(tries: number, dice: number): number {
  return Math.min(MAX_PAUSE, 500 * 2 ** Math.min(tries, 10)) * (1 - dice / 4);
}

function lost(line: Line, now: number, dice: number): Line {
  return { ...line, phase: "waiting", since: now, tries: line.tries + 1, retry: now + pause(line.tries, dice) };
}

/** The next state, and what to do. */
export function step(line: Line, happening: Happening, now: number, dice = 0): [Line, Todo] {
  const connected = line.phase === "connecting" || line.phase === "open";
  switch (happening.kind) {
    case "start":
      return line.phase === "idle" ? [{ ...line, phase: "connecting", since: now }, "connect"] : [line, null];
    case "opened":
      return line.phase === "connecting"
        ? [{ ...line, phase: "open", heard: now, since: now, tries: 0 }, null]
        : [line, null];
    case "heard":
      return line.phase === "open" ? [{ ...line, heard: now, lastId: happening.id ?? line.lastId }, null] : [line, null];
    case "failed":
      return connected ? [lost(line, now, dice), null] : [line, null];
    case "tick":
      if (line.phase === "waiting" && now >= line.retry) return [{ ...line, phase: "connecting", since: now }, "connect"];
      if (line.phase === "connecting" && now - line.since > SILENCE) return [lost(line, now, dice), "abort"];
      if (line.phase === "open" && now - (line.heard ?? line.since) > SILENCE) return [lost(line, now, dice), "abort"];
      return [line, null];
    case "stop":
      return [{ ...line, phase: "idle" }, connected ? "abort" : null];
  }
}
