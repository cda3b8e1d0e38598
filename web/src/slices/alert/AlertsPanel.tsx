// The left side of the page: filter, list, and the stamp that says how old it is.
import { type ReactNode, useMemo } from "react";
import type { Alert, Severity } from "../../api/wire";
import { Freshness } from "../../ui/Freshness";
import { useTime } from "../../ui/moment";
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
  /** Further filters: what they let through, a key that changes with them, and their fields. */
  sieve?: { passes: (alert: Alert) => boolean; key: string; fields: ReactNode };
  height?: number;
}

export function AlertsPanel({ shelf, severity, selected, freshAt, areaName, onFilter, onSelect, onOpen, onRows, sieve, height }: Props) {
  const { t } = useWords();
  const { past } = useTime();
  const query = useAlerts(shelf);
  const feed = query.data ?? empty;
  const ofShelf = useMemo(() => [...feed.alerts.values()].filter((alert) => shelfOf(alert) === shelf && (sieve?.passes(alert) ?? true)).sort(compare), [feed, shelf, sieve?.key]);
  const members = useMemo(() => (severity === null ? ofShelf : ofShelf.filter((alert) => alert.severity === severity)), [ofShelf, severity]);
  const nothing = query.isPending ? t("loading") : severity === null ? t(`alerts.empty.${shelf}`) : t("alerts.empty.level", { level: severity });
  return (
    <Panel title={t("alerts.title")} className="alerts" stamp={<Freshness at={query.askedAt > 0 ? Math.max(freshAt ?? 0, query.askedAt) : null} stale={20} obeys />}>
      <AlertFilter shelf={shelf} severity={severity} alerts={ofShelf} onShelf={(next) => onFilter({ shelf: next })} onSeverity={(next) => onFilter({ severity: next })} />
      {sieve?.fields}
      {query.isError ? <p role="alert" className="error">{problemWords(t, query.error)}</p> : null}
      {past ? <p className="note">{t("alerts.past")}</p> : null}
      {feed.complete ? null : <p className="note">{t("alerts.more", { count: feed.alerts.size })}</p>}
      <AlertList
        members={members}
        known={feed.alerts}
        listKey={`${shelf}/${severity ?? ""}/${sieve?.key ?? ""}`}
        selected={selected}
        onSelect={onSelect}
        onOpen={onOpen}
        onRows={onRows}
        areaName={areaName}
        empty={nothing}
        {...(height ? { height } : {})}
      />
    </Panel>
  );
}
