// What the lists of the room of security show, and how a due date is said.
import { describe, expect, it } from "vitest";
import { dayAfter, dueOf, dueWords, holds, objectKey, ownersOf, shareOf, siftFlaws, siftObjects, targetOf } from "./sieve";
import type { Flaw, InventoryObject } from "./wire";

const object = (change: Partial<InventoryObject>): InventoryObject => ({ kind: "device", id: "flood-gauge-001", title: { vi: "Điểm ngập Hoàn Kiếm", en: "Flood gauge" }, owner: null, state: "active", detail: {}, last_review: null, reviews: 0, version: 0, ...change });
const seen = { by: "person:1", at: "2026-11-20T00:00:00Z", finding: "keep", note: "" } as const;
const objects = [object({}), object({ id: "pump-1", title: { vi: "Trạm bơm Yên Sở", en: "" }, last_review: seen, reviews: 1 }), object({ kind: "store", id: "audit", title: { vi: "Nhật ký kiểm toán", en: "Audit log" } })];
const text = (each: InventoryObject) => `${each.id} ${each.title.vi}`;
const ids = (sieve: Parameters<typeof siftObjects>[2]) => siftObjects(objects, text, sieve).items.map(objectKey);

it("finds objects by words without accents, by kind, and those that nobody has looked at", () => {
  expect(ids({})).toEqual(["device/flood-gauge-001", "device/pump-1", "store/audit"]);
  expect(ids({ q: "hoan kiem" })).toEqual(["device/flood-gauge-001"]);
  expect(ids({ q: "yen bom" })).toEqual(["device/pump-1"]);
  expect(ids({ kind: "store" })).toEqual(["store/audit"]);
  expect(ids({ fresh: true })).toEqual(["device/flood-gauge-001", "store/audit"]);
  expect(siftObjects(objects, text, { kind: "store" }).counts).toEqual(new Map([["device", 2], ["store", 1]]));
});

describe("a due date", () => {
  const now = Date.parse("2026-11-22T05:00:00Z");
  const flaw = (due: string, change = {}) => ({ state: "open", due, overdue: false, ...change });
  it.each([
    ["far ahead", flaw("2026-11-25T06:00:00Z"), ["security.due.left", { count: 3 }]],
    ["within a day", flaw("2026-11-23T04:59:00Z"), ["security.due.leftToday", { count: 0 }]],
    ["just over, before the server says so", flaw("2026-11-22T05:00:00Z"), ["security.due.overToday", { count: 0 }]],
    ["long over", flaw("2026-11-20T04:00:00Z", { overdue: true }), ["security.due.over", { count: 2 }]],
    ["accepted", flaw("2026-11-20T04:00:00Z", { state: "accepted" }), null],
    ["mended", flaw("2026-11-20T04:00:00Z", { state: "mended" }), null],
  ])("%s", (_, each, wanted) => expect(dueWords(dueOf(each, now))).toEqual(wanted));
});

it("says upon what an action is, how much of a limit is used, and which day comes before", () => {
  expect(targetOf({ target: { account: "nguyen.an" } })).toBe("nguyen.an");
  expect(targetOf({ target: { account: "nguyen.an", session: "0190a6f2-0000-7000-8000-00001a2b3c4d" } })).toBe("nguyen.an · 1a2b3c4d");
  expect(targetOf({ target: { device: "pump-1" } })).toBe("pump-1");
  expect([["in_force", true], ["begun", true], ["undone", true], ["done", false]].map(([state, reversible]) => holds({ state, reversible } as Parameters<typeof holds>[0]))).toEqual([true, true, false, false]);
  expect([shareOf({ requests: 50, per_day: 200 }), shareOf({ requests: 50, per_day: null })]).toEqual([0.25, null]);
  expect([dayAfter("2026-11-01", -1), dayAfter("2026-12-31", 1)]).toEqual(["2026-10-31", "2027-01-01"]);
});

describe("the register of vulnerabilities", () => {
  const now = Date.parse("2026-11-22T05:00:00Z");
  const flaw = (change: Partial<Flaw>) => ({ package: "tar", version: "1.0.0", advisory: "RUSTSEC-1", aliases: [], summary: "Path traversal", grade: "high", state: "open", due: "2026-12-01T00:00:00Z", overdue: false, owner: null, ...change }) as Flaw;
  const flaws = [flaw({}), flaw({ package: "serde", grade: "low", owner: "so-xay-dung", due: "2026-11-20T00:00:00Z" }), flaw({ package: "ring", owner: "so-y-te", state: "mended", due: "2026-11-20T00:00:00Z" })];
  const orgName = (code: string) => ({ "so-xay-dung": "Sở Xây dựng", "so-y-te": "Sở Y tế" })[code] ?? code;
  it.each<[string, Parameters<typeof siftFlaws>[2], string[]]>([
    ["nothing asked", {}, ["tar", "serde", "ring"]],
    ["the name of who answers for it, without accents", { q: "xay dung" }, ["serde"]],
    ["one organisation", { owner: "so-y-te" }, ["ring"]],
    ["nobody", { owner: "" }, ["tar"]],
    ["overdue: what is mended is not", { over: true }, ["serde"]],
    ["grade and state", { grade: "high", state: "open" }, ["tar"]],
  ])("%s", (_, sieve, wanted) => expect(siftFlaws(flaws, orgName, sieve, now).items.map((each) => each.package)).toEqual(wanted));
  it("counts states as far as the other filters let through", () => expect(siftFlaws(flaws, orgName, { grade: "high", state: "open" }, now).counts).toEqual(new Map([["open", 1], ["mended", 1]])));
  it("names each owner once, by name", () => expect(ownersOf([...flaws, ...flaws], orgName)).toEqual(["so-xay-dung", "so-y-te"]));
});
