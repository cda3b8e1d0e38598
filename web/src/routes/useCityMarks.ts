// What lies on the map of the city: wards by their worst alert, alerts, devices.
import type { FeatureCollection } from "geojson";
import { useMemo } from "react";
import type { Alert, Area, Device } from "../api/wire";
import { alertMarks, worstByArea } from "../slices/alert/marks";
import { standing } from "../slices/device/contact";
import { deviceMarks } from "../slices/device/marks";
import { useWords } from "../ui/words";

/** "Phường Ba Đình" is "Ba Đình" on the map. */
const shortName = (name: string) => name.replace(/^(Phường|Xã)\s+/u, "");

export function useAreaMarks(alerts: ReadonlyMap<string, Alert>, areas: readonly Area[], byCode: ReadonlyMap<string, Area>) {
  const { t, language, pick } = useWords();
  const worst = useMemo(() => worstByArea(alerts.values()), [alerts]);
  const labels = useMemo<FeatureCollection>(
    () => ({ type: "FeatureCollection", features: areas.filter((area) => area.kind !== "Thành phố").map((area) => ({ type: "Feature", geometry: { type: "Point", coordinates: [area.lon, area.lat] }, properties: { name: shortName(area.name), worst: worst.get(area.code) ?? 0 } })) }),
    [areas, worst],
  );
  const points = useMemo(
    () => alertMarks(alerts.values(), (alert) => byCode.get(alert.areas[0] ?? "") ?? null, (alert) => `${alert.severity} · ${pick(alert.title, alert.code)} · ${t(`stateWord.${alert.state}`)}`),
    [alerts, byCode, language],
  );
  return { worst, labels, points };
}

export function useDeviceMarks(devices: readonly Device[]) {
  const { t, language, pick } = useWords();
  return useMemo(() => {
    return deviceMarks(devices, (device) => `${pick(device.title, device.id)} · ${t(`kind.${device.profile}`, { defaultValue: device.profile })} · ${t(`standing.${standing(device)}`)}`);
  }, [devices, language]);
}
