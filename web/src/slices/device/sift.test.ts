// Which devices a list shows.
import { expect, it } from "vitest";
import type { Device } from "../../api/wire";
import { type Sieve, rowsOf, sift } from "./sift";

const device = (id: string, change: Partial<Device> = {}): Device => ({ id, title: { vi: `Trạm ${id}`, en: "" }, profile: "flood-gauge", areas: ["00070"], place: null, state: "active", org: "o", last_contact: null, presence: "alive", expected_every_s: null, certificate: null, ...change });
const rows = rowsOf(
  [
    device("a", { title: { vi: "Điểm ngập Hồ Gươm", en: "Sword Lake" } }),
    device("b", { presence: "silent", last_contact: "2026-11-21T04:00:00Z" }),
    device("c", { presence: "silent", last_contact: "2026-11-21T01:00:00Z", profile: "pump", areas: ["00004", "00070"] }),
    device("d", { state: "blocked", areas: [] }),
    device("e", { presence: "never", profile: "pump" }),
  ],
  (each) => (each.areas.includes("00070") ? "Phường Hoàn Kiếm" : ""),
);

it.each<[Sieve, string]>([
  [{}, "abcde"],
  [{ q: "ho guom" }, "a"],
  [{ q: "ĐIỂM" }, "a"],
  [{ q: "sword" }, "a"],
  [{ q: "hoan kiem" }, "abce"],
  [{ q: "hoan pump" }, ""],
  [{ area: "00004" }, "c"],
  [{ profile: "pump" }, "ce"],
  [{ standing: "silent" }, "bc"],
  [{ standing: "silent", profile: "pump" }, "c"],
  [{ sort: "contact" }, "cbdea"],
])("%j", (sieve, wanted) => expect(sift(rows, sieve).rows.map((row) => row.device.id).join("")).toBe(wanted));

it("counts each standing and profile as the filters would show them", () => {
  const { standings, profiles } = sift(rows, { standing: "silent", profile: "pump" });
  expect(Object.fromEntries(standings)).toEqual({ silent: 1, never: 1 });
  expect(Object.fromEntries(profiles)).toEqual({ "flood-gauge": 1, pump: 1 });
});
