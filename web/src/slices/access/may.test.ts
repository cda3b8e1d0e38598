// What can be done with whose account.
import { expect, it } from "vitest";
import { type Act, EMERGENCY, isOneself, needs, whyNot } from "./may";
import { person } from "./sample";

const acts = Object.keys(needs) as Act[];

it("knows the own account, and lets nothing be done in the past", () => {
  const mine = person({ actor: "person:me" });
  expect([isOneself(mine, "me"), isOneself(mine, "other"), isOneself(person({ actor: "service:me" }), "me")]).toEqual([true, false, false]);
  expect(acts.map((act) => whyNot(act, mine, false, true))).toEqual(acts.map(() => "whyNot.past"));
});

it.each<[string, ReturnType<typeof person>, boolean, Act[]]>([
  ["a person", person(), false, ["give", "clearance", "password", "end", "open"]],
  ["one whose account has ended", person(), true, ["clearance", "end", "open"]],
  ["a service", person({ kind: "service" }), false, ["give", "clearance", "end", "open"]],
  ["the emergency account", person({ account: EMERGENCY }), false, ["give", "clearance", "end"]],
])("%s", (_, whose, ended, wanted) => expect(acts.filter((act) => whyNot(act, whose, ended, false) === null)).toEqual(wanted));
