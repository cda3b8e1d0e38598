// Which room an address belongs to.
import { expect, it } from "vitest";
import { roomOf, rooms } from "./rooms";

it.each([
  ["/", "duty"],
  ["/nowhere", "duty"],
  ["/devices", "devices"],
  ["/devices/flood-gauge-001", "devices"],
  ["/devicesque", "duty"],
  ["/map", "map"],
  ["/pack/rule/flood-depth", "pack"],
])("%s is %s", (path, room) => expect(roomOf(path)).toBe(room));

it("each room has a key and a path of its own", () => {
  expect(new Set(rooms.map((room) => room.key)).size).toBe(rooms.length);
  expect(new Set(rooms.map((room) => room.path)).size).toBe(rooms.length);
});
