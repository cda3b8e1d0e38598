// Nothing moves under the pointer.
import { describe, expect, it } from "vitest";
import { PATIENCE, type Row, isHeld, neighbour, place } from "./hold";
import { alert } from "./sample";

const rows = (...ids: string[]): Row[] => ids.map((id) => ({ alert: alert(id), gone: false }));
const known = (...ids: string[]) => new Map(ids.map((id) => [id, alert(id)]));
const list = (...ids: string[]) => ids.map((id) => alert(id));
const ids = (placed: { rows: Row[] }) => placed.rows.map((row) => row.alert.id);

describe("a held list", () => {
  it("keeps every row in its place; what is new waits, what left is only dimmed", () => {
    const placed = place(rows("a", "b", "c"), list("new", "c", "a"), known("new", "a", "b", "c"), true);
    expect(ids(placed)).toEqual(["a", "b", "c"]);
    expect(placed.rows.map((row) => row.gone)).toEqual([false, true, false]);
    expect(placed.waiting.map((each) => each.id)).toEqual(["new"]);
  });
  it("shows new content in the old place", () => {
    const now = new Map([["a", alert("a", { state: "acknowledged" })]]);
    expect(place(rows("a"), [...now.values()], now, true).rows[0]?.alert.state).toBe("acknowledged");
  });
  it("keeps a row the server no longer names", () => {
    expect(place(rows("a"), [], new Map(), true).rows).toMatchObject([{ alert: { id: "a" }, gone: true }]);
  });
  it("fills an empty list at once", () => {
    expect(ids(place([], list("a"), known("a"), true))).toEqual(["a"]);
  });
});

it("a list let go shows the members in order and nothing waits", () => {
  const placed = place(rows("a", "b"), list("new", "b"), known("new", "a", "b"), false);
  expect(ids(placed)).toEqual(["new", "b"]);
  expect(placed.waiting).toEqual([]);
});

describe("holding", () => {
  const free = { hovered: false, focused: false, scrolled: false, touched: 0 };
  it.each([
    ["nobody", free, 0, false],
    ["pointer", { ...free, hovered: true }, 10, true],
    ["focus", { ...free, focused: true }, 10, true],
    ["scroll", { ...free, scrolled: true }, 10, true],
    ["a parked pointer", { ...free, hovered: true }, PATIENCE, false],
  ])("%s", (_, hold, now, held) => expect(isHeld(hold, now)).toBe(held));
});

it.each([
  [null, 1, "a"],
  [null, -1, "c"],
  ["a", 1, "b"],
  ["c", 1, "c"],
  ["a", -1, "a"],
  ["gone", 1, "a"],
] as const)("from %s by %i to %s", (from, by, to) => expect(neighbour(rows("a", "b", "c"), from, by)).toBe(to));
