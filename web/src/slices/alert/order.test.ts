// The order of alerts.
import { expect, it } from "vitest";
import { compare, raisedOf } from "./order";
import { alert } from "./sample";

it("puts open before shelved before cleared, then severity, then the unacknowledged, then the younger", () => {
  const wanted = [
    alert("violet", { severity: 5 }),
    alert("young", { severity: 4, raised_at: "2026-11-21T05:09:00Z" }),
    alert("old", { severity: 4 }),
    alert("taken", { severity: 4, state: "acknowledged", raised_at: "2026-11-21T05:10:00Z" }),
    alert("same-a", { severity: 1 }),
    alert("same-b", { severity: 1 }),
    alert("shelved", { severity: 5, state: "shelved" }),
    alert("cleared", { severity: 5, state: "cleared" }),
  ];
  for (let turn = 0; turn < wanted.length; turn++) {
    const mixed = [...wanted.slice(turn), ...wanted.slice(0, turn)].reverse();
    expect(mixed.sort(compare).map((each) => each.id)).toEqual(wanted.map((each) => each.id));
  }
});

it("counts what nobody has taken, and its worst", () => {
  expect(raisedOf([])).toBeNull();
  expect(raisedOf([alert("a", { state: "acknowledged", severity: 5 })])).toBeNull();
  expect(raisedOf([alert("a", { severity: 2 }), alert("b", { severity: 4 }), alert("c", { state: "cleared", severity: 5 })])).toEqual({ count: 2, worst: 4 });
});
