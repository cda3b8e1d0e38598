// What the addresses may say.
import { expect, it } from "vitest";
import { alertsSearch, auditSearch, deviceSearch, devicesSearch, dutySearch, frameSearch, mapSearch, packItemSearch, packSearch, peopleSearch, qualitySearch, securitySearch, sqlSearch } from "./search";

it.each([
  [{}, {}],
  [{ alert: "a", device: 17, state: "shelved", severity: "4", view: "map", area: 70 }, { alert: "a", device: "17", state: "shelved", severity: 4, view: "map", area: "00070" }],
  [{ alert: "", device: {}, state: "open", severity: 9, view: "list", other: 1 }, {}],
  [{ alert: "x".repeat(257), state: "nonsense" }, {}],
])("%j", (raw, wanted) => expect(dutySearch(raw)).toEqual(wanted));

it.each([
  [frameSearch, { t: "paused", wall: "1", x: 1 }, { t: "paused", wall: 1 }],
  [frameSearch, { t: "live", wall: 0 }, {}],
  [frameSearch, { t: "at=2025-08-26T10:00:00+07:00" }, { t: "at=2025-08-26T03:00:00Z" }],
  [frameSearch, { t: "at=never" }, {}],
  [alertsSearch, { state: "cleared", q: "ngap", area: "00070", sort: 1 }, { state: "cleared", q: "ngap", area: "00070" }],
  [devicesSearch, { standing: "silent", profile: "pump", sort: "contact", q: 12 }, { standing: "silent", profile: "pump", sort: "contact", q: "12" }],
  [devicesSearch, { standing: "asleep", sort: "random" }, {}],
  [deviceSearch, { range: "7d" }, { range: "7d" }],
  [deviceSearch, { range: "1y" }, {}],
  [mapSearch, { off: "rain,flood", area: 4 }, { off: "rain,flood", area: "00004" }],
  [qualitySearch, { reason: "unknown_series", view: "series", item: "q1" }, { reason: "unknown_series", view: "series", item: "q1" }],
  [packSearch, { q: "ngap", kind: "rule", state: "conflict", v: 3 }, { q: "ngap", kind: "rule", state: "conflict" }],
  [packSearch, { kind: "rules", state: "changed" }, {}],
  [packItemSearch, { view: "diff", v: "3" }, { view: "diff", v: 3 }],
  [packItemSearch, { view: "all", v: 0 }, {}],
  [peopleSearch, { view: "review", q: "tran", role: "auditor", finding: "weak", standing: "asleep" }, { view: "review", q: "tran", role: "auditor", finding: "weak" }],
  [peopleSearch, { view: "list", standing: "locked" }, { standing: "locked" }],
  [auditSearch, { who: "nguyen.an", outcome: "denied", class: "security", record: "0", from: "2026-11-21T05:00:00Z" }, { who: "nguyen.an", outcome: "denied", class: "security", record: 0, from: "2026-11-21T05:00:00Z" }],
  [auditSearch, { outcome: "lost", class: "x", record: -1, to: "soon", act: "x".repeat(201) }, {}],
  [securitySearch, { view: "actions", kind: "block_account", state: "undone", item: "0190", q: "khoa", day: "2026-11-22" }, { view: "actions", kind: "block_account", state: "undone", item: "0190", q: "khoa", day: "2026-11-22" }],
  [securitySearch, { view: "objects", kind: "x".repeat(33), day: "2026-13-40", item: "" }, {}],
  [sqlSearch, { q: "x".repeat(8_001), view: "chart" }, { view: "chart" }],
])("%o of %j", (read, raw, wanted) => expect(read(raw)).toEqual(wanted));
