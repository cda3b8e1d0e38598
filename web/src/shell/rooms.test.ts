// Which room an address belongs to, and who may enter.
import { expect, it } from "vitest";
import { mayBy } from "../ui/may";
import { admits, roomOf, rooms } from "./rooms";

it.each([
  ["/", "duty"],
  ["/nowhere", "duty"],
  ["/devices", "devices"],
  ["/devices/flood-gauge-001", "devices"],
  ["/devicesque", "duty"],
  ["/map", "map"],
  ["/pack/rule/flood-depth", "pack"],
  ["/people/nguyen.an", "people"],
  ["/security", "security"],
  ["/account", "account"],
])("%s is %s", (path, room) => expect(roomOf(path)).toBe(room));

it("each room has a key and a path of its own, which the page does not use otherwise", () => {
  const keys = rooms.map((room) => room.key);
  expect(new Set(keys).size).toBe(rooms.length);
  expect(new Set(rooms.map((room) => room.path)).size).toBe(rooms.length);
  for (const taken of ["p", "l", "t", "w", "j", "k", "f", "n", "a", "s", "c", "v", "o", "g", "i", "r", "e", "m", "b", "?", "/"]) expect(keys).not.toContain(taken);
});

it("admits whom the actions of the post permit, and everybody to their own account", () => {
  const entered = (permitted: readonly string[]) => rooms.filter((room) => admits(room.id, mayBy(permitted))).map((room) => room.id);
  expect(entered([])).toEqual([]);
  expect(entered(["status.read", "person.read", "review.read", "audit.read"])).toEqual(["system", "people", "audit"]);
  expect(entered(["pack.read"])).toEqual(["pack"]);
  expect(entered(["security.read"])).toEqual(["security"]);
  expect(entered(["alert.read"])).toEqual(["alerts"]);
  expect(admits("account", mayBy([]))).toBe(true);
});
