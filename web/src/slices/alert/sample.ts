// An alert for tests of pure rules.
import type { Alert } from "../../api/wire";

export function alert(id: string, change: Partial<Alert> = {}): Alert {
  return {
    id,
    code: "flood.depth",
    title: { vi: "Ngập", en: "Flood" },
    severity: 3,
    state: "raised",
    group: id,
    entity: "urn:ngsi-ld:WaterObserved:hanoi:WL-1",
    device: "WL-1",
    areas: ["00004"],
    place: { lon: 105.8, lat: 21 },
    raised_at: "2026-11-21T05:00:00Z",
    updated_at: "2026-11-21T05:00:00Z",
    cleared_at: null,
    acknowledged: null,
    shelved: null,
    signals: 1,
    raises: 1,
    params: {},
    entities: 1,
    version: 1,
    ...change,
  };
}
