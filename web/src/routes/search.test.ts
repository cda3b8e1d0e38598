// What the address may say.
import { expect, it } from "vitest";
import { dutySearch } from "./search";

it.each([
  [{}, {}],
  [{ alert: "a", device: 17, state: "shelved", severity: "4", view: "map" }, { alert: "a", device: "17", state: "shelved", severity: 4, view: "map" }],
  [{ alert: "", device: {}, state: "open", severity: 9, view: "list", other: 1 }, {}],
  [{ alert: "x".repeat(257), state: "nonsense" }, {}],
])("%j", (raw, wanted) => expect(dutySearch(raw)).toEqual(wanted));
