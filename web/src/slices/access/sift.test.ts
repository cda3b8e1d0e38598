// Which accounts and lines of the review are shown.
import { expect, it } from "vitest";
import { person, right } from "./sample";
import { type Finding, has, rowsOf, siftPeople, siftReview, standingOf } from "./sift";
import type { ReviewLine } from "./wire";

const now = Date.parse("2026-11-21T05:00:00Z");

it.each([
  ["active", {}],
  ["new", { must_change_password: true }],
  ["locked", { locked_until: "2026-11-21T05:10:00Z", must_change_password: true }],
  ["active", { locked_until: "2026-11-21T04:00:00Z" }],
  ["ended", { ended: "2026-11-21T04:00:00Z", locked_until: "2026-11-21T05:10:00Z" }],
  ["active", { ended: "2026-11-21T06:00:00Z" }],
])("an account is %s with %j", (standing, change) => expect(standingOf(person(change), now)).toBe(standing));

const people = [
  person({ account: "nguyen.an" }),
  person({ account: "tran.binh", must_change_password: true, rights: [right({ role: "ward_leader", area: "00070" })] }),
  person({ account: "le.chi", ended: "2026-01-01T00:00:00Z", rights: [] }),
];
const rows = rowsOf(people, (each) => each.rights.map(({ area }) => (area ? "Phường Hoàn Kiếm" : "Toàn thành phố")).join(" "), now);
const names = (found: { rows: typeof rows }) => found.rows.map((row) => row.person.account);

it("finds people by name, role and place without accents, and counts how they stand", () => {
  expect(names(siftPeople(rows, {}))).toEqual(["nguyen.an", "tran.binh", "le.chi"]);
  expect(names(siftPeople(rows, { q: "HOAN kiem" }))).toEqual(["tran.binh"]);
  expect(names(siftPeople(rows, { q: "binh hoan" }))).toEqual(["tran.binh"]);
  expect(names(siftPeople(rows, { role: "duty_officer" }))).toEqual(["nguyen.an"]);
  const ended = siftPeople(rows, { standing: "ended" });
  expect([names(ended), ended.standings.get("new")]).toEqual([["le.chi"], 1]);
});

const line = (change: Partial<ReviewLine> = {}): ReviewLine => ({ account: "nguyen.an", actor: "person:1", state: "active", second_factor: false, weak: false, right: right(), validity: "valid", endless: false, ...change });

it.each<[Finding, Partial<ReviewLine>, boolean]>([
  ["weak", { weak: true }, true],
  ["endless", { endless: true }, true],
  ["over", { validity: "over" }, true],
  ["ended", { state: "ended" }, true],
  ["never_signed_in", { state: "never_signed_in" }, true],
  ["weak", {}, false],
  ["over", { endless: true }, false],
])("a line is %s with %j", (finding, change, wanted) => expect(has(line(change), finding)).toBe(wanted));

it("narrows the review and counts its findings", () => {
  const all = [line({ weak: true }), line({ account: "tran.binh", right: right({ role: "auditor" }), endless: true })];
  const found = siftReview(all, () => "Trực ban", { q: "truc ban" });
  expect([found.lines.length, found.counts.get("weak"), found.counts.get("endless")]).toEqual([2, 1, 1]);
  expect(siftReview(all, () => "", { finding: "endless" }).lines.map((each) => each.account)).toEqual(["tran.binh"]);
  expect(siftReview(all, () => "", { role: "auditor" }).lines).toHaveLength(1);
});
