// Items of the city pack for tests.
import type { Item, Version, Whole } from "./model";

export const base = (change: Partial<Version> = {}): Version => ({ version: 1, change: "base", by: "service:pack", at: "2026-11-20T01:00:00Z", pack: { name: "hanoi-ioc 0.1.0", sha256: "a".repeat(64) }, ...change });
export const overlay = (change: Partial<Version> = {}): Version => ({ version: 2, change: "overlay", by: "0198c0de-0000-7000-8000-00000000002a", at: "2026-11-21T01:00:00Z", on: 1, ...change });

export function sample(change: Partial<Item> = {}): Item {
  return { kind: "rule", id: "flood-depth", file: "rules/flood-depth.yaml", state: "base", version: 1, applies: "now", base: base(), changed_by: "service:pack", changed_at: "2026-11-20T01:00:00Z", ...change };
}

export function whole(change: Partial<Whole> = {}): Whole {
  return { ...sample(), text: "a\n", base_text: "a\n", overlay_text: null, conflict: null, versions: [base()], ...change };
}
