// The room of the duty officer: alerts at the left, the city in the middle, what is open at the right.
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useRef, useState } from "react";
import { useAreas } from "../slices/access/useAreas";
import { useOrgs } from "../slices/access/useOrgs";
import { AlertPanel } from "../slices/alert/AlertPanel";
import { AlertsPanel } from "../slices/alert/AlertsPanel";
import { empty } from "../slices/alert/feed";
import type { Row } from "../slices/alert/hold";
import { type Act, needs, whyNot } from "../slices/alert/may";
import { shelfOf } from "../slices/alert/order";
import { useAlerts } from "../slices/alert/useAlerts";
import { DevicePanel } from "../slices/device/DevicePanel";
import { useDevices } from "../slices/device/useDevices";
import { useOffers } from "../shell/offers";
import { useLink } from "../shell/useLink";
import { useMay } from "../ui/may";
import { useTime } from "../ui/moment";
import { useWords } from "../ui/words";
import { ActDialogs, type Acting } from "./ActDialogs";
import { IncidentOf } from "./IncidentOf";
import { DeviceLink } from "./DeviceLink";
import { DeviceValues } from "./DeviceValues";
import { MapPanel } from "./MapPanel";
import { type DutySearch, dutySearch } from "./search";
import { useDutyKeys } from "./useDutyKeys";
import { ViewTabs } from "./ViewTabs";

export function DutyPage() {
  const { t } = useWords();
  const search = dutySearch(useSearch({ strict: false }));
  const navigate = useNavigate();
  const { past } = useTime();
  const may = useMay();
  const { heard } = useLink();
  const { areas, byCode, areaName } = useAreas();
  const { orgName } = useOrgs();
  const devices = useDevices();
  const open = useAlerts("open").data ?? empty;
  const shelf = search.state ?? "open";
  const listed = useAlerts(shelf).data ?? empty;

  const [cursor, setCursor] = useState<string | null>(null);
  const [acting, setActing] = useState<Acting | null>(null);
  const rows = useRef<readonly Row[]>([]);
  const onRows = useCallback((next: readonly Row[]) => {
    rows.current = next;
  }, []);

  const go = (change: DutySearch, replace = false) => void navigate({ to: "/", search: { ...search, ...change }, replace });
  const openAlert = (id: string) => {
    setCursor(id);
    go({ alert: id, device: undefined, area: undefined } as DutySearch);
  };
  const openDevice = (id: string) => go({ device: id, area: undefined } as DutySearch);
  const close = () => go((search.device ? { device: undefined } : { alert: undefined }) as DutySearch);
  const selected = search.alert ?? cursor;
  const find = (id: string | null) => (id ? (listed.alerts.get(id) ?? open.alerts.get(id) ?? rows.current.find((row) => row.alert.id === id)?.alert ?? null) : null);
  const known = find(selected);
  const all = devices.data?.items ?? [];
  const device = all.find((each) => each.id === search.device);
  const chosen = byCode.get(search.area ?? "") ?? device?.place ?? (search.alert ? (known?.place ?? byCode.get(known?.areas[0] ?? "") ?? null) : null);

  const act = (name: Act) => known && !search.device && !past && setActing({ act: name, alert: known });
  useDutyKeys({
    rows,
    selected,
    onSelect: (id) => {
      setCursor(id);
      if (search.alert && !search.device) go({ alert: id }, true);
    },
    onOpen: openAlert,
    onAct: act,
    onClose: search.device || search.alert ? close : () => setCursor(null),
  });
  const offered = (["acknowledge", "shelve", "comment"] as const).filter((name) => known && !past && may(needs[name]) && whyNot(name, known) === null);
  useOffers(offered.map((name) => ({ id: name, title: t(`act.${name}.title`), stroke: name[0] ?? "", run: () => act(name) })));

  return (
    <div className="duty" data-view={search.view ?? "list"} data-detail={Boolean(search.alert || search.device)}>
      <ViewTabs view={search.view ?? "list"} count={[...open.alerts.values()].filter((alert) => shelfOf(alert) === "open").length} onView={(view) => go({ view: view === "map" ? "map" : undefined, alert: undefined, device: undefined } as DutySearch)} />
      <main className="columns">
        <AlertsPanel
          shelf={shelf}
          severity={search.severity ?? null}
          selected={selected}
          freshAt={heard}
          areaName={areaName}
          onFilter={(change) => go({ ...(change.shelf ? { state: change.shelf } : {}), ...("severity" in change ? { severity: change.severity ?? undefined } : {}) } as DutySearch)}
          onSelect={setCursor}
          onOpen={openAlert}
          onRows={onRows}
        />
        <MapPanel
          alerts={open.alerts}
          devices={all}
          devicesComplete={devices.data?.complete ?? true}
          devicesAt={devices.dataUpdatedAt || null}
          areas={areas}
          byCode={byCode}
          chosen={chosen}
          onPick={({ kind, id }) => (kind === "alert" ? openAlert(id) : openDevice(id))}
        />
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
          <AlertPanel id={search.alert} known={known} areaName={areaName} onAct={(name, alert) => setActing({ act: name, alert })} onDevice={openDevice} onClose={close} extra={(alert) => <IncidentOf alert={alert} />} />
        ) : null}
      </main>
      <ActDialogs acting={acting} onClose={() => setActing(null)} />
    </div>
  );
}
