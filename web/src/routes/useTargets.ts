// The alerts, wards and devices that the palette can find.
import { useMemo } from "react";
import type { Alert, Area, Device } from "../api/wire";
import { fold } from "../lib/fold";
import type { Target } from "../shell/Palette";
import { useWords } from "../ui/words";

export function useTargets(alerts: ReadonlyMap<string, Alert>, devices: readonly Device[], areas: readonly Area[], areaName: (code: string) => string): Target[] {
  const { pick } = useWords();
  return useMemo(() => {
    const target = (kind: Target["kind"], id: string, title: string, about: string): Target => ({ kind, id, title, about, key: fold(`${title} ${about} ${id}`) });
    return [
      ...[...alerts.values()].map((alert) => target("alert", alert.id, pick(alert.title, alert.code), [...alert.areas.map(areaName), alert.device ?? ""].filter(Boolean).join(" · "))),
      ...areas.map((area) => target("area", area.code, area.name, "")),
      ...devices.map((device) => target("device", device.id, pick(device.title, device.id), [device.id, ...device.areas.map(areaName)].join(" · "))),
    ];
    // `pick` changes with the language only, and so does the page.
  }, [alerts, devices, areas, areaName, pick]);
}
