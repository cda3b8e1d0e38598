// The middle of the page: the city with its devices and open alerts, its legend, and the truth about its borders.
import { Suspense, lazy } from "react";
import { part } from "../api/part";
import type { Alert, Area, Device } from "../api/wire";
import { useAreaShapes } from "../slices/access/useAreas";
import { Legend } from "../shell/Legend";
import { Freshness } from "../ui/Freshness";
import { Panel } from "../ui/Panel";
import { problemWords } from "../ui/problemWords";
import { useTime } from "../ui/moment";
import { useWords } from "../ui/words";
import { useAreaMarks, useDeviceMarks } from "./useCityMarks";

const CityMap = lazy(() => part(() => import("../map/CityMap")));

interface Props {
  alerts: ReadonlyMap<string, Alert>;
  devices: readonly Device[];
  devicesComplete: boolean;
  devicesAt: number | null;
  areas: readonly Area[];
  byCode: ReadonlyMap<string, Area>;
  chosen: { lon: number; lat: number } | null;
  onPick: (picked: { kind: "alert" | "device" | "area"; id: string }) => void;
}

export function MapPanel({ alerts, devices, devicesComplete, devicesAt, areas, byCode, chosen, onPick }: Props) {
  const { t, pick } = useWords();
  const { past } = useTime();
  const shapes = useAreaShapes();
  const { worst, labels, points } = useAreaMarks(alerts, areas, byCode);
  const devicePoints = useDeviceMarks(devices);
  return (
    <Panel title={t("map.title")} className="map" stamp={<Freshness at={devicesAt} stale={150} obeys />}>
      <div className="map-box">
        <Suspense fallback={<p className="quiet map-wait" role="status">{t("map.loading")}</p>}>
          <CityMap areas={shapes.data} labels={labels} devices={devicePoints} alerts={points} worst={worst} chosen={chosen} onPick={onPick} />
        </Suspense>
        <Legend />
        <div className="map-notes">
          {past ? <p className="map-note">{t("map.devicesNow")}</p> : null}
          {shapes.data?.source ? null : <p className="map-note">{shapes.data ? `⚠ ${pick(shapes.data.note, t("map.approximate"))}` : shapes.isError ? problemWords(t, shapes.error) : t("map.loading")}</p>}
          {devicesComplete ? null : <p className="map-note">{t("map.moreDevices", { count: devices.length })}</p>}
        </div>
      </div>
    </Panel>
  );
}
