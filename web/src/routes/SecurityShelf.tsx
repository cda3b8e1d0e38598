// A list of the room of security with its filters, and what is open beside it.
import { type ReactNode, useState } from "react";
import { figure } from "../lib/figure";
import { useOffers } from "../shell/offers";
import { useListKeys } from "../shell/useListKeys";
import { Freshness } from "../ui/Freshness";
import { Panel } from "../ui/Panel";
import { Trouble } from "../ui/Trouble";
import { useWide } from "../ui/useWide";
import { VirtualList } from "../ui/VirtualList";
import { WordsField } from "../ui/WordsField";
import { useWords } from "../ui/words";
import { SecurityTabs } from "./SecurityTabs";
import type { SecuritySearch } from "./search";

export interface PartProps {
  search: SecuritySearch;
  go: (change: { [K in keyof SecuritySearch]: SecuritySearch[K] | undefined }, replace?: boolean) => void;
}

interface Props<T> extends PartProps {
  query: { dataUpdatedAt: number; isPending: boolean; isError: boolean; error: unknown; data: { items: readonly unknown[]; complete: boolean } | undefined };
  /** What is left of the list. */
  items: readonly T[];
  keyOf: (item: T) => string;
  row: (item: T) => ReactNode;
  filter: ReactNode;
  /** Why the list may be empty, as a key of the translations. */
  none: string;
  /** An act that is no line's. */
  act?: { title: string; run: () => void } | null;
  /** Absent: a line says all that there is. */
  detail?: (item: T, close: () => void) => ReactNode;
}

const LIST = "security-list";
const WORDS = "security-words";
const nothing: never[] = [];

export function SecurityShelf<T>({ search, go, query, items, keyOf, row, filter, none, act = null, detail }: Props<T>) {
  const { t, language } = useWords();
  const wide = useWide(900);
  const [cursor, setCursor] = useState<string | null>(null);
  const { item, q } = search;
  const selected = detail ? (item ?? cursor) : cursor;
  const all = (query.data?.items ?? nothing) as readonly T[];
  // What was filtered away stays open.
  const open = detail && item !== undefined ? all.find((each) => keyOf(each) === item) : undefined;
  const close = () => item !== undefined && go({ item: undefined });
  const show = (key: string) => {
    setCursor(key);
    if (detail) go({ item: key }, item !== undefined);
  };
  const keys = items.map(keyOf);
  useListKeys({ listId: LIST, keys, selected, onSelect: (key) => (item === undefined ? setCursor(key) : show(key)), onOpen: show, onClose: close, more: { f: () => document.getElementById(WORDS)?.focus(), n: () => act?.run() } });
  useOffers(act ? [{ id: "security-act", title: act.title, stroke: "n", run: act.run }] : nothing);
  const field = <WordsField id={WORDS} label={t("security.words")} stroke="f" value={q ?? ""} onValue={(text) => go({ q: text || undefined })} />;
  return (
    <div className="duty centre security" data-detail={open !== undefined}>
      <main className="columns">
        <Panel title={t("rooms.security")} className="alerts" stamp={<><span className="quiet" role="status">{t("security.count", { count: items.length, shown: figure(items.length, language), all: figure(all.length, language) })}</span><Freshness at={query.dataUpdatedAt || null} stale={300} /></>}>
          <div className="sieve security-bar">
            <SecurityTabs view={search.view} />
            {act ? <button type="button" className="chip chip-main" aria-keyshortcuts="n" onClick={act.run}>{act.title} <kbd>n</kbd></button> : null}
          </div>
          {wide ? <div className="sieve">{field}{filter}</div> : <details className="sql-fold"><summary>{t("security.filter")}</summary><div className="sieve">{field}{filter}</div></details>}
          {query.isError ? <Trouble error={query.error} about={{ action: "security.read" }} /> : null}
          {query.data && !query.data.complete ? <p className="note">{t("security.more", { count: all.length })}</p> : null}
          {item !== undefined && open === undefined && query.data ? <p className="note" role="status">{t("security.gone")} <button type="button" className="link" onClick={close}>{t("close")}</button></p> : null}
          <VirtualList id={LIST} label={t(`security.view.${search.view ?? "objects"}`)} items={items} keyOf={keyOf} height={wide ? 58 : 118} selected={selected} onSelect={setCursor} onOpen={show} empty={t(query.isPending ? "loading" : query.isError ? "security.notLoaded" : all.length === 0 ? none : "security.noneSuch")}>
            {row}
          </VirtualList>
        </Panel>
        {open !== undefined && detail ? detail(open, close) : null}
      </main>
    </div>
  );
}

interface ChipsProps<G extends string> {
  label: string;
  all: readonly G[];
  words: (each: G) => string;
  counts: ReadonlyMap<G, number>;
  chosen: G | undefined;
  onChoose: (each: G | undefined) => void;
}

/** One of several groups, each with its count; pressed again, all. */
export function GroupChips<G extends string>({ label, all, words, counts, chosen, onChoose }: ChipsProps<G>) {
  const { language } = useWords();
  return (
    <div role="group" aria-label={label} className="chips">
      {all.map((each) => <button key={each} type="button" className="chip" aria-pressed={chosen === each} onClick={() => onChoose(chosen === each ? undefined : each)}>{words(each)} <span className="chip-count">{figure(counts.get(each) ?? 0, language)}</span></button>)}
    </div>
  );
}
