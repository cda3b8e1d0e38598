// When a stream connects, gives up and comes back.
import { describe, expect, it } from "vitest";
import { MAX_PAUSE, SILENCE, type Happening, type Line, idle, pause, step } from "./resume";

/** Plays (time, happening) pairs; gives the last state and everything that was to be done. */
function play(script: [number, Happening][], from: Line = idle): [Line, [number, string][]] {
  let line = from;
  const todos: [number, string][] = [];
  for (const [now, happening] of script) {
    const [next, todo] = step(line, happening, now);
    line = next;
    if (todo) todos.push([now, todo]);
  }
  return [line, todos];
}

const start: Happening = { kind: "start" };
const opened: Happening = { kind: "opened" };
const failed: Happening = { kind: "failed" };
const tick: Happening = { kind: "tick" };
const heard = (id: string | null): Happening => ({ kind: "heard", id });

describe("a line", () => {
  it("connects once", () => {
    expect(play([[0, start], [1, start]])[1]).toEqual([[0, "connect"]]);
  });
  it("remembers the last id over a break", () => {
    const [line] = play([[0, start], [5, opened], [6, heard("41")], [7, heard(null)], [8, failed], [600, tick]]);
    expect(line).toMatchObject({ phase: "connecting", lastId: "41", tries: 1 });
  });
  it("lives by pings alone", () => {
    const pings = [15, 30, 45, 60].flatMap((s): [number, Happening][] => [[s * 1_000, heard(null)], [s * 1_000 + 1, tick]]);
    expect(play([[0, start], [1, opened], ...pings])[1]).toEqual([[0, "connect"]]);
  });
  it("gives up a silent line and comes back", () => {
    const [line, todos] = play([[0, start], [1, opened], [SILENCE + 1, tick], [SILENCE + 2, tick], [SILENCE + 501, tick], [SILENCE + 502, tick]]);
    expect(todos).toEqual([[0, "connect"], [SILENCE + 2, "abort"], [SILENCE + 502, "connect"]]);
    expect(line.heard).toBe(1);
  });
  it("gives up a connection that never answers", () => {
    expect(play([[0, start], [SILENCE + 1, tick]])[1]).toEqual([[0, "connect"], [SILENCE + 1, "abort"]]);
  });
  it("waits longer each time, up to a limit, and starts afresh after a success", () => {
    expect([0, 1, 2, 3, 4, 5, 50].map((tries) => pause(tries, 0))).toEqual([500, 1_000, 2_000, 4_000, 8_000, MAX_PAUSE, MAX_PAUSE]);
    const [line] = play([[0, start], [1, failed], [501, tick], [502, opened]]);
    expect(line.tries).toBe(0);
  });
  it("ignores late news of a connection that was given up", () => {
    const [line, todos] = play([[0, start], [1, opened], [2, failed], [3, heard("9")], [4, opened], [5, failed]]);
    expect(line).toMatchObject({ phase: "waiting", lastId: null, tries: 1 });
    expect(todos).toEqual([[0, "connect"]]);
  });
  it("stops from any phase", () => {
    expect(play([[0, start], [1, { kind: "stop" }], [99_999, tick]])).toMatchObject([{ phase: "idle" }, [[0, "connect"], [1, "abort"]]]);
  });
});
