// The left side of the page: filter, list, and the stamp that says how old it is.
import { useMemo } from "react";
import type { Severity } from "../../api/wire";
import { Freshness } from "../../ui/Freshness";
import { Panel } from "../../ui/Panel";
import { problemWords } from "../../ui/problemWords";
import { useWords } from "../../ui/words";
import { AlertFilter } from "./AlertFilter";
import { AlertList } from "./AlertList";
import { empty } from "./feed";
import type { Row } from "./hold";
import { type Shelf, compare, shelfOf } from "./order";
import { useAlerts } from "./useAlerts";

interface Props {
  shelf: Shelf;
  severity: Severity | null;
  selected: string | null;
  /** When the list was last known to be true. */
  freshAt: number | null;
  areaName: (code: string) => string;
  onFilter: (change: { shelf?: Shelf; severity?: Severity | null }) => void;
  onSelect: (id: string) => void;
  onOpen: (id: string) => void;
  onRows: (rows: readonly Row[]) => void;
}

export function AlertsPanel({ shelf, severity, selected, freshAt, areaName, onFilter, onSelect, onOpen, onRows }: Props) {
  const { t } = useWords();
  const query = useAlerts(shelf);
  const feed = query.data ?? empty;
  const ofShelf = useMemo(() => [...feed.alerts.values()].filter((alert) => shelfOf(alert) === shelf).sort(compare), [feed, shelf]);
  const members = useMemo(() => (severity === null ? ofShelf : ofShelf.filter((alert) => alert.severity === severity)), [ofShelf, severity]);
  const nothing = query.isPending ? t("loading") : severity === null ? t(`alerts.empty.${shelf}`) : t("alerts.empty.level", { level: severity });
  return (
    <Panel title={t("alerts.title")} className="alerts" stamp={<Freshness at={query.isSuccess ? Math.max(freshAt ?? 0, query.dataUpdatedAt) : null} stale={20} />}>
      <AlertFilter shelf={shelf} severity={severity} alerts={ofShelf} onShelf={(next) => onFilter({ shelf: next })} onSeverity={(next) => onFilter({ severity: next })} />
      {query.isError ? <p role="alert" className="error">{problemWords(t, query.error)}</p> : null}
      {feed.complete ? null : <p className="note">{t("alerts.more", { count: feed.alerts.size })}</p>}
      <AlertList
        members={members}
        known={feed.alerts}
        listKey={`${shelf}/${severity ?? ""}`}
        selected={selected}
        onSelect={onSelect}
        onOpen={onOpen}
        onRows={onRows}
        areaName={areaName}
        empty={nothing}
      />
    </Panel>
  );
}
