// What is asked for when rights and accounts are made.
import { expect, it } from "vitest";
import { emptyRight, nameFault, personBody, rightBody, rightFaults } from "./draft";

const now = Date.parse("2026-11-21T05:00:00Z");

it("names a right that lacks its role or ends in the past", () => {
  expect(rightFaults(emptyRight, now)).toEqual({ role: "right.noRole" });
  expect(rightFaults(emptyRight, now, true)).toEqual({});
  expect(rightFaults({ ...emptyRight, area: "00070" }, now, true)).toEqual({ role: "right.noRole" });
  // 12:00 in Hà Nội is now
  expect(rightFaults({ ...emptyRight, role: "auditor", until: "2026-11-21T12:00" }, now)).toEqual({ until: "right.over" });
  expect(rightFaults({ ...emptyRight, role: "auditor", until: "2026-11-21T12:01" }, now)).toEqual({});
});

it("says only what bounds a right, and its end in UTC", () => {
  expect(rightBody({ ...emptyRight, role: "auditor" })).toEqual({ role: "auditor" });
  expect(rightBody({ role: "ward_leader", org: "ubnd-00070", area: "00070", until: "2026-12-31T23:59" })).toEqual({ role: "ward_leader", org: "ubnd-00070", area: "00070", until: "2026-12-31T16:59:00.000Z" });
  expect(personBody("nguyen.an", "person", "internal", emptyRight)).toEqual({ account: "nguyen.an", kind: "person", clearance: "internal", rights: [] });
});

it.each([
  ["nguyen.an", true],
  ["ab", false],
  ["Nguyen", false],
  ["có dấu", false],
  ["a".repeat(65), false],
])("the name %s", (name, good) => expect(nameFault(name) === null).toBe(good));
