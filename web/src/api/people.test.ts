// Who is who.
import { expect, it } from "vitest";
import { iAm, nameOf } from "./people";

it.each([
  ["01997b2c-0000-7000-8000-0000000000aa", "Trực ban"],
  ["person:01997b2c-0000-7000-8000-0000000000aa", "Trực ban"],
  ["01997b2c-0000-7000-8000-00000012abcd", "#12abcd"],
  ["Nguyễn", "Nguyễn"],
  ["service:rule", "service:rule"],
])("%s is %s", (by, name) => {
  iAm({ person: "01997b2c-0000-7000-8000-0000000000aa", name: "Trực ban" });
  expect(nameOf(by)).toBe(name);
});
