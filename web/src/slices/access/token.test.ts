// What API tokens can be made for.
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { groupsOf, never, tokenBody, tokenFaults } from "./token";

it("leaves out what no token does and what needs none, and puts what everybody may last", () => {
  expect(groupsOf(["session.open", "session.read", "alert.read", "alert.comment", "account.keep", "right.keep"])).toEqual([
    { noun: "alert", codes: ["alert.read", "alert.comment"] },
    { noun: "session", codes: ["session.read"] },
  ]);
  expect(groupsOf([])).toEqual([]);
});

it("forbids the same as the server", () => {
  const source = readFileSync(new URL("../../../../crates/0-foundation/access/src/service/tokens.rs", import.meta.url), "utf8");
  const listed = /const NEVER[^=]*= \[([^\]]*)\]/.exec(source)?.[1] ?? "";
  const names = [...listed.matchAll(/Action::(\w+)/g)].map(([, name]) => (name ?? "").replace(/(?<=[a-z])(?=[A-Z])/, ".").toLowerCase());
  expect(names.sort()).toEqual([...never].sort());
});

it("names what is wrong, and counts days from now", () => {
  const draft = { title: " Báo cáo ngày ", actions: ["alert.read"], days: 30 };
  expect(tokenFaults(draft)).toEqual({});
  expect(tokenFaults({ ...draft, title: "  ", actions: [] })).toEqual({ title: "token.badTitle", actions: "token.noActions" });
  expect(tokenFaults({ ...draft, title: "ộ".repeat(81) })).toEqual({ title: "token.badTitle" });
  expect(tokenBody(draft, Date.parse("2026-11-21T05:00:00Z"))).toEqual({ title: "Báo cáo ngày", actions: ["alert.read"], expires: "2026-12-21T05:00:00.000Z" });
});
