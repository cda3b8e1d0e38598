// The room of the auditors: the trail, searched and page by page, one record with its proof, the newest checkpoint.
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { figure } from "../lib/figure";
import { useActorNames, usePeople } from "../slices/access/usePeople";
import { AuditFilter, FIRST_ID } from "../slices/audit/AuditFilter";
import { AuditRow } from "../slices/audit/AuditRow";
import { CheckpointPanel } from "../slices/audit/CheckpointPanel";
import { RecordPanel } from "../slices/audit/RecordPanel";
import { type Sieve, asked } from "../slices/audit/sieve";
import { itemsOf, useAudit } from "../slices/audit/useAudit";
import "../slices/audit/words";
import { useOffers } from "../shell/offers";
import { useListKeys } from "../shell/useListKeys";
import { Freshness } from "../ui/Freshness";
import { useMay } from "../ui/may";
import { Panel } from "../ui/Panel";
import { Trouble } from "../ui/Trouble";
import { useWide } from "../ui/useWide";
import { VirtualList } from "../ui/VirtualList";
import { useWords } from "../ui/words";
import { type AuditSearch, auditSearch } from "./search";

const LIST = "audit-list";

export function AuditPage() {
  const { t, language } = useWords();
  const navigate = useNavigate();
  const { record, ...sieve } = auditSearch(useSearch({ strict: false }));
  const may = useMay();
  const wide = useWide(900);
  const { actorName, people } = useActorNames();
  const known = usePeople();
  const accounts = useMemo(() => new Map(people.map((person) => [person.account, person.actor])), [people]);
  const [cursor, setCursor] = useState<string | null>(null);
  const [sealing, setSealing] = useState(false);
  const [round, setRound] = useState(0);
  const question = useMemo(() => asked(sieve, (account) => accounts.get(account)), [JSON.stringify(sieve), accounts]);
  // An account is only a name until it is known how the trail calls it.
  const query = useAudit(question, round, !sieve.who || !may("person.read") || !known.isPending);
  const items = useMemo(() => itemsOf(query.data?.pages), [query.data]);
  const pages = query.data?.pages ?? [];
  const size = pages.at(-1)?.size ?? 0;
  const go = (change: { [K in keyof AuditSearch]: AuditSearch[K] | undefined }, replace = false) => void navigate({ to: "/audit", search: { ...sieve, record, ...change } as never, replace });
  const selected = record === undefined ? cursor : String(record);
  const open = (key: string) => {
    setSealing(false);
    setCursor(key);
    go({ record: Number(key) });
  };
  const close = () => {
    setSealing(false);
    if (record !== undefined) go({ record: undefined });
  };
  const keys = useMemo(() => items.map((item) => String(item.index)), [items]);
  useListKeys({ listId: LIST, keys, selected, onSelect: (key) => (record === undefined ? setCursor(key) : go({ record: Number(key) }, true)), onOpen: open, onClose: close, more: { f: () => document.getElementById(FIRST_ID)?.focus() } });
  const seal = () => {
    if (record !== undefined) go({ record: undefined });
    setSealing(true);
  };
  useOffers([{ id: "checkpoint", title: t("audit.checkpoint"), run: seal }]);
  const item = items.find((each) => each.index === record) ?? null;
  const empty = query.isPending ? "loading" : query.hasNextPage ? "audit.noneYet" : "audit.none";
  const filter = <AuditFilter sieve={sieve} accounts={[...accounts.keys()]} onSieve={(next: Sieve) => void navigate({ to: "/audit", search: Object.fromEntries(Object.entries(next).filter(([, value]) => value)) as never })} />;
  return (
    <div className="duty centre" data-detail={record !== undefined || sealing}>
      <main className="columns">
        <Panel title={t("rooms.audit")} className="alerts" stamp={<><span className="quiet" role="status">{t("audit.count", { count: items.length, shown: figure(items.length, language), all: figure(size, language) })}</span><Freshness at={query.dataUpdatedAt || null} stale={3_600} /></>}>
          {wide ? filter : <details className="sql-fold audit-fold"><summary>{t("audit.filter")}</summary>{filter}</details>}
          <div className="sieve audit-bar">
            <button type="button" className="chip" disabled={query.isFetching} onClick={() => setRound(round + 1)}>{t("audit.askAgain")}</button>
            <button type="button" className="chip" aria-pressed={sealing} onClick={sealing ? () => setSealing(false) : seal}>{t("audit.checkpoint")}</button>
            {query.hasNextPage ? <button type="button" className="chip" disabled={query.isFetching} onClick={() => void query.fetchNextPage()}>{t(query.isFetchingNextPage ? "loading" : "audit.older")}</button> : null}
          </div>
          {query.isError ? <Trouble error={query.error} about={{ action: "audit.read" }} /> : null}
          <VirtualList id={LIST} label={t("audit.list")} items={items} keyOf={(each) => String(each.index)} height={wide ? 56 : 92} selected={selected} onSelect={setCursor} onOpen={open} empty={t(empty)}>
            {(each) => <AuditRow item={each} actorName={actorName} />}
          </VirtualList>
        </Panel>
        {sealing ? <CheckpointPanel onClose={() => setSealing(false)} /> : record !== undefined ? <RecordPanel key={record} index={record} item={item} actorName={actorName} onClose={close} /> : null}
      </main>
    </div>
  );
}
