// Where a button of another provider may lead, and what is said when it led nowhere.
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { turnOf, turns, wayOf } from "./useProviders";

it.each([
  ["/api/v1/session/oidc/vneid", true],
  ["https://elsewhere.example/", false],
  ["//elsewhere.example/", false],
  ["/api/v1/../../elsewhere", false],
  ["javascript:alert(1)", false],
  ["", false],
])("%s", (begin, taken) => expect(wayOf({ id: "a", title: { vi: "A", en: "A" }, begin }) !== null).toBe(taken));

it.each([
  ["?sign_in=unlinked", "unlinked"],
  ["?a=b&sign_in=away", "away"],
  ["?sign_in=<b>", null],
  ["?sign_in=", null],
  ["", null],
])("%s says %s", (search, word) => expect(turnOf(search)).toBe(word));

it("knows every word that the server has", () => {
  const source = readFileSync(new URL("../../../../crates/0-foundation/access/src/oidc/turned.rs", import.meta.url), "utf8");
  const body = /fn word\(self\)[^{]*\{([\s\S]*?)\n {4}\}/.exec(source)?.[1] ?? "";
  const words = [...body.matchAll(/"(\w+)"/g)].map(([, word]) => word ?? "");
  expect(words.sort()).toEqual([...turns].sort());
});
