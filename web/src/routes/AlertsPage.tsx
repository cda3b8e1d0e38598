// The alert centre: all alerts in one wide list with filters, and one of them in full beside it.
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useMemo, useRef, useState } from "react";
import type { Alert } from "../api/wire";
import { csvOf } from "../lib/csv";
import { fold } from "../lib/fold";
import { useAreas } from "../slices/access/useAreas";
import { AlertPanel } from "../slices/alert/AlertPanel";
import { AlertsPanel } from "../slices/alert/AlertsPanel";
import type { Row } from "../slices/alert/hold";
import { type Act, needs, whyNot } from "../slices/alert/may";
import { useOffers } from "../shell/offers";
import { useLink } from "../shell/useLink";
import { download } from "../ui/download";
import { useMay } from "../ui/may";
import { useTime } from "../ui/moment";
import { useWide } from "../ui/useWide";
import { WordsField } from "../ui/WordsField";
import { useWords } from "../ui/words";
import { ActDialogs, type Acting } from "./ActDialogs";
import { IncidentOf } from "./IncidentOf";
import { type AlertsSearch, alertsSearch } from "./search";
import { useDutyKeys } from "./useDutyKeys";

export function AlertsPage() {
  const { t, pick } = useWords();
  const navigate = useNavigate();
  const search = alertsSearch(useSearch({ strict: false }));
  const { past } = useTime();
  const may = useMay();
  const { heard } = useLink();
  const wide = useWide(1_100);
  const { areas, areaName } = useAreas();
  const [cursor, setCursor] = useState<string | null>(null);
  const [acting, setActing] = useState<Acting | null>(null);
  const rows = useRef<readonly Row[]>([]);
  const onRows = useCallback((next: readonly Row[]) => {
    rows.current = next;
  }, []);
  const go = (change: { [K in keyof AlertsSearch]: AlertsSearch[K] | undefined }, replace = false) => void navigate({ to: "/alerts", search: { ...search, ...change } as never, replace });
  const selected = search.alert ?? cursor;
  const known = rows.current.find((row) => row.alert.id === selected)?.alert ?? null;
  const open = (id: string) => {
    setCursor(id);
    go({ alert: id });
  };
  const act = (name: Act) => {
    const alert = rows.current.find((row) => row.alert.id === selected)?.alert;
    if (alert && !past) setActing({ act: name, alert });
  };
  useDutyKeys({
    rows,
    selected,
    onSelect: (id) => {
      setCursor(id);
      if (search.alert) go({ alert: id }, true);
    },
    onOpen: open,
    onAct: act,
    onClose: search.alert ? () => go({ alert: undefined }) : () => setCursor(null),
  });
  const csv = () => {
    const head = ["id", "severity", "state", "title", "code", "areas", "device", "value", "limit", "unit", "raised_at", "acknowledged_at", "cleared_at"];
    const lines = rows.current.map(({ alert }) => [alert.id, alert.severity, alert.state, pick(alert.title, alert.code), alert.code, alert.areas.map(areaName).join("; "), alert.device, alert.params.value, alert.params.limit, alert.params.unit, alert.raised_at, alert.acknowledged?.at, alert.cleared_at]);
    download("canh-bao.csv", csvOf(head, lines));
  };
  const offered = (["acknowledge", "shelve", "comment"] as const).filter((name) => known && !past && may(needs[name]) && whyNot(name, known) === null);
  useOffers([...offered.map((name) => ({ id: name, title: t(`act.${name}.title`), stroke: name[0] ?? "", run: () => act(name) })), { id: "csv", title: t("alerts.csv"), run: csv }]);

  const { q, area } = search;
  const passes = useMemo(() => {
    const asked = fold(q ?? "").split(" ").filter(Boolean);
    return (alert: Alert) => {
      if (area && !alert.areas.includes(area)) return false;
      if (asked.length === 0) return true;
      const key = fold(`${alert.title.vi ?? ""} ${alert.title.en ?? ""} ${alert.code} ${alert.device ?? ""} ${alert.areas.map(areaName).join(" ")}`);
      return asked.every((word) => key.includes(word));
    };
  }, [q, area, areaName]);
  const fields = (
    <search className="sieve" aria-label={t("alerts.filter")}>
      <WordsField id="alert-words" label={t("alerts.words")} stroke="f" value={q ?? ""} onValue={(text) => go({ q: text || undefined }, true)} />
      <select aria-label={t("devices.area")} value={area ?? ""} onChange={(event) => go({ area: event.target.value || undefined }, true)}>
        <option value="">{t("devices.allAreas")}</option>
        {areas.map((each) => <option key={each.code} value={each.code}>{each.name}</option>)}
      </select>
      <button type="button" className="chip" onClick={csv}>{t("alerts.csv")}</button>
    </search>
  );
  return (
    <div className="duty centre" data-detail={Boolean(search.alert)}>
      <main className="columns">
        <AlertsPanel
          shelf={search.state ?? "open"}
          severity={search.severity ?? null}
          selected={selected}
          freshAt={heard}
          areaName={areaName}
          onFilter={(change) => go({ ...(change.shelf ? { state: change.shelf === "open" ? undefined : change.shelf } : {}), ...("severity" in change ? { severity: change.severity ?? undefined } : {}) })}
          onSelect={setCursor}
          onOpen={open}
          onRows={onRows}
          sieve={{ passes, key: `${q ?? ""}/${area ?? ""}`, fields }}
          height={wide ? 56 : 84}
        />
        {search.alert ? <AlertPanel id={search.alert} known={known} areaName={areaName} onAct={(name, alert) => setActing({ act: name, alert })} onDevice={(id) => void navigate({ to: "/devices/$device", params: { device: id } })} onClose={() => go({ alert: undefined })} extra={(alert) => <IncidentOf alert={alert} />} /> : null}
      </main>
      <ActDialogs acting={acting} onClose={() => setActing(null)} />
    </div>
  );
}
