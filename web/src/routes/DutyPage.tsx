// The page of the duty officer: alerts at the left, the city in the middle, what is open at the right.
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useRef, useState } from "react";
import { useAreas } from "../slices/access/useAreas";
import { useOrgs } from "../slices/access/useOrgs";
import { useSession, useSessionActs } from "../slices/access/useSession";
import { AlertPanel } from "../slices/alert/AlertPanel";
import { AlertsPanel } from "../slices/alert/AlertsPanel";
import { empty } from "../slices/alert/feed";
import type { Row } from "../slices/alert/hold";
import { shelfOf } from "../slices/alert/order";
import { useAlertFacts, useAlerts } from "../slices/alert/useAlerts";
import { DevicePanel } from "../slices/device/DevicePanel";
import { useDevices } from "../slices/device/useDevices";
import { LiveValues } from "../slices/observation/LiveValues";
import { Header } from "../shell/Header";
import { KeysDialog } from "../shell/KeysDialog";
import { SearchBox, type Target } from "../shell/SearchBox";
import { useLink } from "../shell/useLink";
import { useWords } from "../ui/words";
import { ActDialogs, type Acting } from "./ActDialogs";
import { MapPanel } from "./MapPanel";
import { type DutySearch, dutySearch } from "./search";
import { useDutyKeys } from "./useDutyKeys";
import { useTargets } from "./useTargets";
import { ViewTabs } from "./ViewTabs";

export function DutyPage() {
  const { t } = useWords();
  const search = dutySearch(useSearch({ strict: false }));
  const navigate = useNavigate();
  const session = useSession().data;
  const { signOut } = useSessionActs();
  const { lost, heard } = useLink();
  const { areas, byCode, areaName } = useAreas();
  const { orgName } = useOrgs();
  const devices = useDevices();
  const open = useAlerts("open").data ?? empty;
  const shelf = search.state ?? "open";
  const listed = useAlerts(shelf).data ?? empty;
  useAlertFacts();

  const [cursor, setCursor] = useState<string | null>(null);
  const [acting, setActing] = useState<Acting | null>(null);
  const [help, setHelp] = useState(false);
  const [area, setArea] = useState<{ lon: number; lat: number } | null>(null);
  const rows = useRef<readonly Row[]>([]);
  const onRows = useCallback((next: readonly Row[]) => {
    rows.current = next;
  }, []);

  const go = (change: DutySearch, replace = false) => void navigate({ to: "/", search: { ...search, ...change }, replace });
  const openAlert = (id: string) => {
    setCursor(id);
    setArea(null);
    go({ alert: id, device: undefined } as DutySearch);
  };
  const openDevice = (id: string) => {
    setArea(null);
    go({ device: id });
  };
  const close = () => go((search.device ? { device: undefined } : { alert: undefined }) as DutySearch);
  const selected = search.alert ?? cursor;
  const find = (id: string | null) => (id ? (listed.alerts.get(id) ?? open.alerts.get(id) ?? rows.current.find((row) => row.alert.id === id)?.alert ?? null) : null);
  const known = find(selected);
  const all = devices.data?.items ?? [];
  const device = all.find((each) => each.id === search.device);
  const chosen = area ?? device?.place ?? (search.alert ? (known?.place ?? byCode.get(known?.areas[0] ?? "") ?? null) : null);

  const choose = (target: Target) => {
    if (target.kind === "alert") openAlert(target.id);
    else if (target.kind === "device") openDevice(target.id);
    else {
      setArea(byCode.get(target.id) ?? null);
      go({ view: "map" });
    }
  };
  useDutyKeys({
    rows,
    selected,
    onSelect: (id) => {
      setCursor(id);
      if (search.alert && !search.device) go({ alert: id }, true);
    },
    onOpen: openAlert,
    onAct: (act) => known && !search.device && setActing({ act, alert: known }),
    onClose: search.device || search.alert ? close : () => setCursor(null),
    onHelp: () => setHelp(true),
  });
  const targets = useTargets(open.alerts, all, areas, areaName);

  if (!session) return null;
  return (
    <div className="duty" data-view={search.view ?? "list"} data-detail={Boolean(search.alert || search.device)}>
      <Header session={session} lost={lost} onKeys={() => setHelp(true)} onSignOut={() => void signOut()} search={<SearchBox targets={targets} onChoose={choose} />} />
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
            {(shown) => <LiveValues device={shown.id} names={shown.series ?? []} />}
          </DevicePanel>
        ) : search.alert ? (
          <AlertPanel id={search.alert} known={known} areaName={areaName} onAct={(act, alert) => setActing({ act, alert })} onDevice={openDevice} onClose={close} />
        ) : null}
      </main>
      <ActDialogs acting={acting} onClose={() => setActing(null)} />
      {help ? <KeysDialog onClose={() => setHelp(false)} /> : null}
      <p className="hidden" aria-live="polite">{lost === null ? "" : t("lost.title")}</p>
    </div>
  );
}
