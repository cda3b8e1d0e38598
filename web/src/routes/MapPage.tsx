// The room of the map: the whole city with layers, and one ward, alert or device beside it.
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Suspense, lazy, useMemo, useState } from "react";
import { part } from "../api/part";
import { asProblem } from "../api/problem";
import { boxOf } from "../lib/box";
import { useAreaShapes, useAreas } from "../slices/access/useAreas";
import { useOrgs } from "../slices/access/useOrgs";
import { AlertPanel } from "../slices/alert/AlertPanel";
import { empty } from "../slices/alert/feed";
import { shelfOf } from "../slices/alert/order";
import { useAlerts } from "../slices/alert/useAlerts";
import { DevicePanel } from "../slices/device/DevicePanel";
import { useDevices } from "../slices/device/useDevices";
import { useKeys } from "../shell/useKeys";
import { Legend } from "../shell/Legend";
import { Freshness } from "../ui/Freshness";
import { Panel } from "../ui/Panel";
import { problemWords } from "../ui/problemWords";
import { useTime } from "../ui/moment";
import { useWords } from "../ui/words";
import { ActDialogs, type Acting } from "./ActDialogs";
import { IncidentOf } from "./IncidentOf";
import { AreaPanel } from "./AreaPanel";
import { DeviceLink } from "./DeviceLink";
import { DeviceValues } from "./DeviceValues";
import { LayersPanel } from "./LayersPanel";
import { type MapSearch, mapSearch } from "./search";
import { useAreaMarks, useDeviceMarks } from "./useCityMarks";
import { useReadings } from "./useReadings";

const CityMap = lazy(() => part(() => import("../map/CityMap")));

export function MapPage() {
  const { t, pick } = useWords();
  const navigate = useNavigate();
  const search = mapSearch(useSearch({ strict: false }));
  const go = (change: { [K in keyof MapSearch]: MapSearch[K] | undefined }, replace = false) => void navigate({ to: "/map", search: { ...search, ...change } as never, replace });
  const [acting, setActing] = useState<Acting | null>(null);
  const { past } = useTime();
  const shapes = useAreaShapes();
  const { areas, byCode, areaName } = useAreas();
  const { orgName } = useOrgs();
  const alertsQuery = useAlerts("open");
  const alerts = (alertsQuery.data ?? empty).alerts;
  const fleet = useDevices();
  const all = fleet.data?.items ?? [];
  const { water, placed, at, error } = useReadings(all);
  const off = useMemo(() => new Set((search.off ?? "").split(",").filter(Boolean)), [search.off]);
  const kinds = useMemo(() => {
    const counts = new Map<string, number>();
    for (const device of all) counts.set(device.profile, (counts.get(device.profile) ?? 0) + 1);
    return [...counts].sort(([a], [b]) => a.localeCompare(b));
  }, [fleet.data]);
  const shownDevices = useMemo(() => placed.filter((device) => !off.has(`kind:${device.profile}`)), [placed, off]);
  const devicePoints = useDeviceMarks(shownDevices);
  const { worst, labels, points } = useAreaMarks(alerts, areas, byCode);
  const area = byCode.get(search.area ?? "") ?? null;
  const ward = useMemo(() => {
    const shape = shapes.data?.features.find((feature) => feature.properties?.code === search.area);
    const box = shape ? boxOf(shape.geometry) : null;
    return shape && box && search.area ? { code: search.area, box } : null;
  }, [shapes.data, search.area]);
  const known = search.alert ? (alerts.get(search.alert) ?? null) : null;
  const chosen = (search.device ? placed.find((each) => each.id === search.device)?.place : search.alert ? (known?.place ?? byCode.get(known?.areas[0] ?? "")) : null) ?? null;
  const toggle = (layer: string) => {
    const next = new Set(off);
    if (!next.delete(layer)) next.add(layer);
    go({ off: next.size === 0 ? undefined : [...next].sort().join(",") }, true);
  };
  const close = () => go(search.device ? { device: undefined } : search.alert ? { alert: undefined } : { area: undefined });
  useKeys({ Escape: close });
  const openAlert = (id: string) => go({ alert: id, device: undefined });
  const openDevice = (id: string) => go({ device: id, alert: undefined });
  const openCount = [...alerts.values()].filter((alert) => shelfOf(alert) === "open").length;
  const wet = water.features.map((feature) => feature.properties);
  const counts = { alerts: openCount, wards: worst.size, devices: shownDevices.length, rain: wet.filter((mark) => mark.kind === "rain").length, flood: wet.filter((mark) => mark.kind === "flood").length };
  return (
    <div className="duty city" data-detail={Boolean(search.device || search.alert || area)}>
      <main className="columns">
        <Panel title={t("map.title")} className="map" stamp={<Freshness at={Math.max(at ?? 0, alertsQuery.askedAt) || null} stale={120} obeys />}>
          <div className="map-box">
            <Suspense fallback={<p className="quiet map-wait" role="status">{t("map.loading")}</p>}>
              <CityMap areas={shapes.data} labels={labels} devices={devicePoints} alerts={points} worst={worst} chosen={chosen} water={water} off={off} ward={ward} wards onPick={({ kind, id }) => (kind === "alert" ? openAlert(id) : kind === "device" ? openDevice(id) : go({ area: id, alert: undefined, device: undefined }))} />
            </Suspense>
            <LayersPanel off={off} onToggle={toggle} counts={counts} kinds={kinds} areas={areas} area={area?.code ?? null} onArea={(code) => go({ area: code ?? undefined, alert: undefined, device: undefined })} />
            <Legend water />
            <div className="map-notes">
              {past ? <p className="map-note">{t("map.devicesNow")}</p> : null}
              {shapes.data?.source ? null : <p className="map-note">{shapes.data ? `⚠ ${pick(shapes.data.note, t("map.approximate"))}` : shapes.isError ? problemWords(t, shapes.error) : t("map.loading")}</p>}
              {fleet.data && !fleet.data.complete ? <p className="map-note">{fleet.isFetching ? t("devices.loading") : t("map.moreDevices", { count: all.length })}</p> : null}
              {error ? <p className="map-note">{asProblem(error).status === 404 ? t("history.missing") : problemWords(t, error)}</p> : null}
            </div>
          </div>
        </Panel>
        {search.device ? (
          <DevicePanel key={search.device} id={search.device} areaName={areaName} orgName={orgName} onClose={close}>
            {(shown) => (
              <>
                <DeviceValues device={shown} />
                <DeviceLink id={shown.id} />
              </>
            )}
          </DevicePanel>
        ) : search.alert ? (
          <AlertPanel id={search.alert} known={known} areaName={areaName} onAct={(act, alert) => setActing({ act, alert })} onDevice={openDevice} onClose={close} extra={(alert) => <IncidentOf alert={alert} />} />
        ) : area ? (
          <AreaPanel area={area} alerts={alerts} devices={all} wet={wet} at={Math.max(at ?? 0, alertsQuery.askedAt) || null} onAlert={openAlert} onDevice={openDevice} onClose={close} />
        ) : null}
      </main>
      <ActDialogs acting={acting} onClose={() => setActing(null)} />
    </div>
  );
}
