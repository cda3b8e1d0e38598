// An incident for tests.
import type { Incident } from "../../api/wire";

export function sample(change: Partial<Incident> = {}): Incident & { id: string } {
  return {
    id: "i1",
    number: "SC-2026-00001",
    org: "ioc",
    title: { vi: "Ngập sâu", en: "Deep flooding" },
    kind: "flood_depth",
    severity: 4,
    state: "open",
    entity: null,
    areas: ["00070"],
    place: null,
    alerts: [],
    alert_count: 0,
    alerts_going_on: 0,
    lead_org: null,
    assigned: [],
    opened_at: "2026-11-21T08:00:00Z",
    opened_by: "service:incident",
    updated_at: "2026-11-21T08:00:00Z",
    closed: null,
    reopens: 0,
    version: 1,
    ...change,
  };
}
