// Which items of the pack a list shows, and where they came from.
import { expect, it } from "vitest";
import { type Sieve, rowsOf, sift, sourcesOf } from "./sieve";
import { base, overlay, sample } from "./sample";

const words: Record<string, string> = { rule: "Luật", profile: "Hồ sơ thiết bị", orgs: "Cơ quan, đơn vị" };
const rows = rowsOf(
  [
    sample({ id: "flood-depth" }),
    sample({ id: "rain-1h", file: "rules/rain-1h.yaml", state: "overlay", overlay: overlay() }),
    sample({ id: "river-level", file: "rules/river-level.yaml", state: "conflict" }),
    sample({ kind: "profile", id: "pump", file: "profiles/pump.yaml" }),
    sample({ kind: "orgs", id: "orgs", file: "orgs.yaml", state: "overlay" }),
  ],
  (item) => words[item.kind] ?? "",
);

it.each<[Sieve, string]>([
  [{}, "flood-depth rain-1h river-level pump orgs"],
  // Typed without tones, as in every room.
  [{ q: "luat" }, "flood-depth rain-1h river-level"],
  [{ q: "THIẾT bị" }, "pump"],
  [{ q: "don vi" }, "orgs"],
  // A file is found as it is called in the folder.
  [{ q: "rules/rain-1h.yaml" }, "rain-1h"],
  [{ q: "rain pump" }, ""],
  [{ kind: "rule", state: "overlay" }, "rain-1h"],
  [{ state: "conflict" }, "river-level"],
])("%j", (sieve, wanted) => expect(sift(rows, sieve).rows.map((row) => row.item.id).join(" ")).toBe(wanted));

it("counts each kind and state as the filters would show them", () => {
  const { kinds, states } = sift(rows, { kind: "rule", state: "overlay" });
  expect(Object.fromEntries(kinds)).toEqual({ rule: 1, orgs: 1 });
  expect(Object.fromEntries(states)).toEqual({ base: 1, overlay: 1, conflict: 1 });
});

// A newer pack brings only what it changed, so the bases of one instance come from several packs.
it("tells the packs of the bases, the youngest first, with who brought each and when", () => {
  const newer = { name: "gói mới", sha256: "b".repeat(64) };
  const items = [
    sample({ base: base({ at: "2026-11-19T01:00:00Z" }) }),
    sample({ base: base() }),
    sample({ base: base({ pack: newer, at: "2026-11-21T02:00:00Z", by: "service:load-pack" }) }),
    sample({ base: null, state: "overlay" }),
  ];
  expect(sourcesOf(items)).toEqual([
    { ...newer, items: 1, at: "2026-11-21T02:00:00Z", by: "service:load-pack" },
    { name: "hanoi-ioc 0.1.0", sha256: "a".repeat(64), items: 2, at: "2026-11-20T01:00:00Z", by: "service:pack" },
  ]);
  expect(sourcesOf([])).toEqual([]);
});
