// What can be done with an incident, and why not.
import { expect, it } from "vitest";
import { type Act, strokes, whyNot } from "./may";
import { sample } from "./sample";

it("lets a closed incident only be reopened, and an open one everything else", () => {
  const may = (state: "open" | "in_progress" | "closed") => (Object.keys(strokes) as Act[]).filter((act) => whyNot(act, sample({ state }), false) === null).sort();
  expect(may("open")).toEqual(["assign", "close", "link", "note", "severity", "work"]);
  expect(may("in_progress")).toEqual(["assign", "close", "link", "note", "severity"]);
  expect(may("closed")).toEqual(["reopen"]);
});

it("lets nothing be done in the past, nor with nothing", () => {
  expect(whyNot("note", sample(), true)).toBe("whyNot.past");
  expect(whyNot("note", null, false)).toBe("incident.whyNot.none");
});

it("gives each act a key of its own that the page itself does not use", () => {
  const keys = Object.values(strokes);
  expect(new Set(keys).size).toBe(keys.length);
  for (const taken of ["p", "l", "t", "w", "j", "k", "f"]) expect(keys).not.toContain(taken);
});
