// What is wrong with a new password.
import { expect, it } from "vitest";
import { faults } from "./password";

it.each([
  ["", "", "", ["old", "fresh"]],
  ["a", "b", "b", []],
  ["a", "a", "a", ["fresh"]],
  ["a", "b", "c", ["again"]],
  ["a", "b", "", ["again"]],
])("%j %j %j", (old, fresh, again, wrong) => expect(Object.keys(faults({ old, fresh, again }))).toEqual(wrong));
