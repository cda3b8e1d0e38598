// The room of the incidents: all of them in one list that one can narrow, and the way to open another.
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useMemo, useRef, useState } from "react";
import { figure } from "../lib/figure";
import { useAreas } from "../slices/access/useAreas";
import { useOrgs } from "../slices/access/useOrgs";
import { FILTER_ID, IncidentFilter } from "../slices/incident/IncidentFilter";
import { IncidentRow } from "../slices/incident/IncidentRow";
import { OpenDialog } from "../slices/incident/OpenDialog";
import { steady } from "../slices/incident/sieve";
import { useIncidentFacts, useIncidents } from "../slices/incident/useIncidents";
import { useOffers } from "../shell/offers";
import { useListKeys } from "../shell/useListKeys";
import { Freshness } from "../ui/Freshness";
import { useMay } from "../ui/may";
import { useTime } from "../ui/moment";
import { Panel } from "../ui/Panel";
import { problemWords } from "../ui/problemWords";
import { useWide } from "../ui/useWide";
import { VirtualList } from "../ui/VirtualList";
import { useWords } from "../ui/words";
import { incidentsSearch } from "./search";

const LIST = "incident-list";
const none: never[] = [];

export function IncidentsPage() {
  const { t, language } = useWords();
  const navigate = useNavigate();
  const search = incidentsSearch(useSearch({ strict: false }));
  const { past } = useTime();
  const may = useMay();
  const { areas, areaName } = useAreas();
  const { orgs, orgName } = useOrgs();
  const query = useIncidents(search);
  useIncidentFacts();
  const wide = useWide(900);
  const [selected, setSelected] = useState<string | null>(null);
  const [opening, setOpening] = useState(false);
  const [hand, setHand] = useState(false);
  const [letIn, setLetIn] = useState(0);
  const items = query.data?.items ?? none;
  const key = JSON.stringify(search);
  const before = useRef<{ key: string; ids: readonly string[] }>({ key, ids: [] });
  // `letIn`: the pill lets everything in.
  const { rows, waiting } = useMemo(() => steady(before.current.key === key ? before.current.ids : [], items, hand), [items, hand, key, letIn]);
  useEffect(() => {
    before.current = { key, ids: rows.map((row) => row.id) };
  }, [rows, key]);
  const keys = useMemo(() => rows.map((row) => row.id), [rows]);
  const go = (id: string) => void navigate({ to: "/incidents/$id", params: { id } } as never);
  const begin = past || !may("incident.open") ? null : () => setOpening(true);
  useListKeys({ listId: LIST, keys, selected, onSelect: setSelected, onOpen: go, more: { f: () => document.getElementById(FILTER_ID)?.focus(), n: () => begin?.() } });
  useOffers(begin ? [{ id: "open-incident", title: t("incident.open.do"), stroke: "n", run: begin }] : none);
  const showNew = () => {
    before.current = { key, ids: [] };
    setLetIn(letIn + 1);
  };
  return (
    <main className="page">
      <Panel title={t("rooms.incidents")} className="page-panel" stamp={<><span className="quiet" role="status">{t("incident.count", { count: items.length, shown: figure(items.length, language) })}</span><Freshness at={query.dataUpdatedAt || null} stale={120} /></>}>
        <IncidentFilter sieve={search} areas={areas} orgs={orgs} onSieve={(change) => void navigate({ to: "/incidents", search: { ...search, ...change } as never, replace: true })} onOpen={begin} />
        {query.isError ? <p role="alert" className="error">{problemWords(t, query.error)}</p> : null}
        {query.data && !query.data.complete ? <p className="note">{t("incident.more", { count: items.length })}</p> : null}
        <div className="held" onPointerEnter={(event) => event.pointerType === "mouse" && setHand(true)} onPointerLeave={() => setHand(false)}>
          {/* Its place is kept: a row that comes in above the list would push it away from under the hand. */}
          <div className="pill-place quiet">{waiting > 0 ? <button type="button" className="chip chip-main" onClick={showNew}>{t("incident.waiting", { count: waiting })}</button> : t("incident.noneWaiting")}</div>
          <VirtualList id={LIST} label={t("incident.list.title")} items={rows} keyOf={(row) => row.id} height={wide ? 60 : 104} selected={selected} onSelect={setSelected} onOpen={go} empty={t(query.isPending ? "loading" : Object.values(search).some(Boolean) ? "incident.empty" : "incident.none")}>
            {(row) => <IncidentRow incident={row} areaName={areaName} orgName={orgName} />}
          </VirtualList>
        </div>
      </Panel>
      {opening ? <OpenDialog areas={areas.filter((area) => area.code.length === 5)} onOpened={go} onClose={() => setOpening(false)} /> : null}
    </main>
  );
}
