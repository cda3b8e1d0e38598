// What can be done with an item of the pack, and why not.
import { expect, it } from "vitest";
import { mayBy } from "../../ui/may";
import { actsOf, isName, strokes, whyFixed, whyNoName, whyNot, whyNotSave } from "./may";
import type { Kind } from "./model";
import { overlay, sample, whole } from "./sample";

const keeper = { past: false, may: mayBy(["pack.read", "pack.keep"]) };

it("lets only an administrator change anything, and nobody in the past", () => {
  expect(whyFixed(keeper)).toBeNull();
  expect(whyFixed({ past: false, may: mayBy(["pack.read"]) })).toBe("pack.whyNot.role");
  expect(whyFixed({ ...keeper, past: true })).toBe("whyNot.past");
});

it("takes back only what is there", () => {
  expect(whyNot("lift", sample(), keeper)).toBe("pack.whyNot.noOverlay");
  expect(whyNot("lift", sample({ state: "overlay", overlay: overlay() }), keeper)).toBeNull();
  expect(whyNot("edit", sample({ state: "absent", base: null }), keeper)).toBeNull();
});

// An edit while a conflict waits would leave it waiting (pack/src/decide/act.rs, `put`); the page only offers what settles it.
it("offers in a conflict only what settles it", () => {
  expect(actsOf("conflict")).toEqual(["merge", "keep", "base"]);
  for (const state of ["base", "overlay", "absent"] as const) expect(actsOf(state)).toEqual(["edit", "lift"]);
});

it("gives each act of a state a key of its own that the page itself does not use", () => {
  for (const state of ["conflict", "base"] as const) {
    const keys = actsOf(state).map((act) => strokes[act]);
    expect(new Set(keys).size).toBe(keys.length);
    for (const taken of ["p", "l", "t", "w", "j", "k", "f"]) expect(keys).not.toContain(taken);
  }
});

it.each([
  ["b\n", whole(), null],
  ["a\n", whole(), "pack.whyNot.same"],
  [" \n", whole(), "pack.whyNot.empty"],
  ["new\n", null, null],
  // Writing the pack's own text would leave an overlay that hides the next pack; taking the overlay back is what is meant.
  ["a\n", whole({ state: "overlay", overlay: overlay(), text: "b\n", overlay_text: "b\n" }), "pack.whyNot.base"],
  // The same text on the new base is a choice.
  ["b\n", whole({ state: "conflict", overlay: overlay(), text: "b\n", overlay_text: "b\n" }), null],
])("%j over %o: %s", (text, item, wanted) => expect(whyNotSave(text, item)).toBe(wanted));

it.each<[Kind, string, string | null]>([
  ["rule", "flood-depth-2", null],
  ["rule", "", "pack.new.noId"],
  ["rule", "ngập sâu", "pack.new.badId"],
  ["rule", "../x", "pack.new.badId"],
  ["rule", "x".repeat(65), "pack.new.badId"],
  ["rule", "flood-depth", "pack.new.taken"],
  ["rule", "old", null],
  ["orgs", "orgs", null],
])("a new %s called %j: %s", (kind, id, wanted) => expect(whyNoName(kind, id, [sample(), sample({ id: "old", state: "absent" })])).toBe(wanted));

// The address of the page may name what the server would refuse after somebody has written for an hour.
it.each([
  ["rule", "flood-depth", true],
  ["orgs", "orgs", true],
  ["orgs", "others", false],
  ["rules", "flood-depth", false],
  ["rule", "a b", false],
])("%s/%s: %s", (kind, id, wanted) => expect(isName(kind, id)).toBe(wanted));
