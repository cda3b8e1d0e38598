// When the page has to begin anew, and when a second factor is asked for.
import { expect, it } from "vitest";
import { Problem } from "../../api/problem";
import { session } from "./sample";
import { asksForFactor, scopeOf } from "./scope";

it("what is seen follows from the person, the post and its rights, not from the number of the post", () => {
  const one = session();
  expect(scopeOf(null)).toBe("");
  expect(scopeOf({ ...one, second_factor: true, must_change_password: true })).toBe(scopeOf(one));
  expect(scopeOf({ ...one, posts: [...one.posts].reverse(), post: 1 })).toBe(scopeOf(one));
  for (const change of [{ post: 1 }, { actions: ["alert.read"] }, { max_classification: "restricted" as const }, { person: "other" }]) expect(scopeOf({ ...one, ...change })).not.toBe(scopeOf(one));
});

it.each([
  [403, ["second_factor"], true],
  [403, ["area", "second_factor"], true],
  [403, ["area"], false],
  [403, undefined, false],
  [401, ["second_factor"], false],
])("%i with rules %j", (status, rules, wanted) => expect(asksForFactor(new Problem(status, "", "", null, "denied", { rules }))).toBe(wanted));
