// The middle of the page: the city with its devices and open alerts, its legend, and the truth about its borders.
import type { FeatureCollection } from "geojson";
import { Suspense, lazy, useMemo } from "react";
import type { Alert, Area, Device } from "../api/wire";
import { useAreaShapes } from "../slices/access/useAreas";
import { alertMarks, worstByArea } from "../slices/alert/marks";
import { SILENT_AFTER_MINUTES, standing } from "../slices/device/contact";
import { deviceMarks } from "../slices/device/marks";
import { serverNow } from "../api/pulse";
import { Legend } from "../shell/Legend";
import { Freshness } from "../ui/Freshness";
import { Panel } from "../ui/Panel";
import { problemWords } from "../ui/problemWords";
import { useWords } from "../ui/words";

const CityMap = lazy(() => import("../map/CityMap"));

interface Props {
  alerts: ReadonlyMap<string, Alert>;
  devices: readonly Device[];
  devicesComplete: boolean;
  devicesAt: number | null;
  areas: readonly Area[];
  byCode: ReadonlyMap<string, Area>;
  chosen: { lon: number; lat: number } | null;
  onPick: (picked: { kind: "alert" | "device"; id: string }) => void;
}

/** "Phường Ba Đình" is "Ba Đình" on the map. */
const shortName = (name: string) => name.replace(/^(Phường|Xã)\s+/u, "");

export function MapPanel({ alerts, devices, devicesComplete, devicesAt, areas, byCode, chosen, onPick }: Props) {
  const { t, language, pick } = useWords();
  const shapes = useAreaShapes();
  const worst = useMemo(() => worstByArea(alerts.values()), [alerts]);
  const labels = useMemo<FeatureCollection>(
    () => ({ type: "FeatureCollection", features: areas.filter((area) => area.kind !== "Thành phố").map((area) => ({ type: "Feature", geometry: { type: "Point", coordinates: [area.lon, area.lat] }, properties: { name: shortName(area.name), worst: worst.get(area.code) ?? 0 } })) }),
    [areas, worst],
  );
  const alertPoints = useMemo(
    () => alertMarks(alerts.values(), (alert) => byCode.get(alert.areas[0] ?? "") ?? null, (alert) => `${alert.severity} · ${pick(alert.title, alert.code)} · ${t(`stateWord.${alert.state}`)}`),
    [alerts, byCode, language],
  );
  const devicePoints = useMemo(() => {
    const now = serverNow();
    return deviceMarks(devices, now, (device) => `${pick(device.title, device.id)} · ${t(`standing.${standing(device, now)}`)}`);
  }, [devices, language]);
  return (
    <Panel title={t("map.title")} className="map" stamp={<Freshness at={devicesAt} />}>
      <div className="map-box">
        <Suspense fallback={<p className="quiet map-wait" role="status">{t("map.loading")}</p>}>
          <CityMap areas={shapes.data} labels={labels} devices={devicePoints} alerts={alertPoints} worst={worst} chosen={chosen} onPick={onPick} />
        </Suspense>
        <Legend minutes={SILENT_AFTER_MINUTES} />
        <div className="map-notes">
          <p className="map-note">{shapes.data ? `⚠ ${pick(shapes.data.note, t("map.approximate"))}` : shapes.isError ? problemWords(t, shapes.error) : t("map.loading")}</p>
          {devicesComplete ? null : <p className="map-note">{t("map.moreDevices", { count: devices.length })}</p>}
        </div>
      </div>
    </Panel>
  );
}
