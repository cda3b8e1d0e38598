// Every action that the console asks about exists, and what is not permitted is refused.
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { actions, mayBy } from "./may";

it("asks only about actions that the policies know", () => {
  const rules = readFileSync(new URL("../../../crates/0-foundation/policy/rules/actions.toml", import.meta.url), "utf8");
  const known = new Set([...rules.matchAll(/^"([a-z._]+)" = /gm)].map(([, code]) => code));
  expect(known.size).toBeGreaterThan(40);
  expect(actions.filter((action) => !known.has(action))).toEqual([]);
});

it("permits what is named and nothing else", () => {
  const may = mayBy(["alert.read", "something.new"]);
  expect([may("alert.read"), may("alert.shelve")]).toEqual([true, false]);
  expect(actions.some(mayBy([]))).toBe(false);
});
