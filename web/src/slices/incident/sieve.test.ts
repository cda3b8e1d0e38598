// Which incidents the list shows, and where each stands while somebody looks.
import { expect, it } from "vitest";
import { asked, steady } from "./sieve";
import { sample } from "./sample";

it("asks for what is active unless something else is wanted, and leaves out what says nothing", () => {
  expect(asked({})).toEqual({ state: "active", severity: null, area: null, org: null, q: null });
  expect(asked({ state: "closed", severity: 4, area: "00070", org: "ioc", q: "  ngập " })).toEqual({ state: "closed", severity: 4, area: "00070", org: "ioc", q: "ngập" });
  expect(asked({ q: "x".repeat(300) }).q).toHaveLength(200);
});

it("moves nothing under a hand: rows keep their places with new content, new ones wait, closed ones leave", () => {
  const [a, b, c] = [sample({ id: "a" }), sample({ id: "b" }), sample({ id: "c" })];
  const graver = sample({ id: "b", severity: 5, version: 2 });
  const ids = (rows: readonly { id: string }[]) => rows.map((row) => row.id);
  const before = [a.id, b.id];
  expect(ids(steady(before, [graver, c, a], false).rows)).toEqual(["b", "c", "a"]);
  const held = steady(before, [graver, c, a], true);
  expect([ids(held.rows), held.waiting]).toEqual([["a", "b"], 1]);
  expect(held.rows[1]?.severity).toBe(5);
  expect(ids(steady(before, [b], true).rows)).toEqual(["b"]);
  expect(ids(steady([], [b, a], true).rows)).toEqual(["b", "a"]);
});
