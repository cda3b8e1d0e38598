// What can be done in which state, and why not.
import { expect, it } from "vitest";
import type { AlertState } from "../../api/wire";
import { type Act, whyNot } from "./may";
import { alert } from "./sample";

const table: Record<AlertState, Record<Act, string | null>> = {
  raised: { acknowledge: null, comment: null, shelve: null, unshelve: "whyNot.notShelved" },
  acknowledged: { acknowledge: "whyNot.acknowledged", comment: null, shelve: null, unshelve: "whyNot.notShelved" },
  shelved: { acknowledge: "whyNot.shelved", comment: null, shelve: "whyNot.shelved", unshelve: null },
  cleared: { acknowledge: "whyNot.cleared", comment: null, shelve: "whyNot.cleared", unshelve: "whyNot.cleared" },
};

for (const [state, acts] of Object.entries(table)) {
  it.each(Object.entries(acts))(`%s a ${state} alert`, (act, reason) => {
    expect(whyNot(act as Act, alert("a", { state: state as AlertState }))).toBe(reason);
  });
}
it("nothing can be done to no alert", () => expect(whyNot("comment", null)).toBe("whyNot.none"));
