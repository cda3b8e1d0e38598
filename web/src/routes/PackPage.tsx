// The room of the city pack: which one is loaded, all its items in one list that one can narrow, and the way to add another.
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useDeferredValue, useMemo, useState } from "react";
import { figure } from "../lib/figure";
import { useSession } from "../slices/access/useSession";
import { byWords } from "../slices/pack/byWords";
import { whyFixed } from "../slices/pack/may";
import { NewDialog } from "../slices/pack/NewDialog";
import { FILTER_ID, PackFilter } from "../slices/pack/PackFilter";
import { PackRow } from "../slices/pack/PackRow";
import { type Sieve, rowsOf, sift } from "../slices/pack/sieve";
import { Sources } from "../slices/pack/Sources";
import { draftOf, setDraft } from "../slices/pack/useDraft";
import { usePack, usePackFacts } from "../slices/pack/usePack";
import "../slices/pack/words";
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
import { packSearch } from "./search";

const LIST = "pack-list";
const none: never[] = [];

export function PackPage() {
  const { t, language } = useWords();
  const navigate = useNavigate();
  const search = packSearch(useSearch({ strict: false }));
  const { past } = useTime();
  const may = useMay();
  const session = useSession().data;
  const query = usePack();
  usePackFacts();
  const wide = useWide(900);
  const [selected, setSelected] = useState<string | null>(null);
  const [adding, setAdding] = useState(false);
  const items = query.data?.items ?? none;
  // A profile is also found by what the console calls its kind of device.
  const rows = useMemo(() => rowsOf(items, (item) => [t(`pack.kind.${item.kind}`), t(`pack.state.${item.state}`), byWords(t, item.changed_by), item.kind === "profile" ? t(`kind.${item.id}`, { defaultValue: "" }) : ""].join(" ")), [items, language]);
  // Typing stays quick; the list follows.
  const asked = useDeferredValue(JSON.stringify(search));
  const sifted = useMemo(() => sift(rows, JSON.parse(asked) as Sieve), [rows, asked]);
  const keys = useMemo(() => sifted.rows.map(({ item }) => `${item.kind}/${item.id}`), [sifted]);
  const go = (key: string) => {
    const [kind = "", id = ""] = key.split("/");
    void navigate({ to: "/pack/$kind/$id", params: { kind, id } } as never);
  };
  const add = whyFixed({ past, may }) === null ? () => setAdding(true) : null;
  const conflicts = items.filter((item) => item.state === "conflict").length;
  const narrow = (change: object) => void navigate({ to: "/pack", search: { ...search, ...change } as never, replace: true });
  useListKeys({ listId: LIST, keys, selected, onSelect: setSelected, onOpen: go, more: { f: () => document.getElementById(FILTER_ID)?.focus(), n: () => add?.() } });
  useOffers([
    ...(add ? [{ id: "new-item", title: t("pack.new.title"), stroke: "n", run: add }] : none),
    ...(conflicts > 0 ? [{ id: "conflicts", title: t("pack.showConflicts", { count: conflicts }), run: () => narrow({ state: "conflict", kind: undefined, q: undefined }) }] : none),
  ]);
  return (
    <main className="page">
      <Panel title={t("rooms.pack")} className="page-panel" stamp={<><span className="quiet" role="status">{t("pack.count", { shown: figure(sifted.rows.length, language), all: figure(items.length, language) })}</span><Freshness at={query.dataUpdatedAt || null} stale={120} /></>}>
        {query.data ? <Sources list={query.data} /> : null}
        <PackFilter sieve={search} sifted={sifted} onSieve={narrow} onNew={add} />
        {query.isError ? <p role="alert" className="error">{problemWords(t, query.error)}</p> : null}
        <VirtualList id={LIST} label={t("pack.list")} items={sifted.rows} keyOf={({ item }) => `${item.kind}/${item.id}`} height={wide ? 56 : 76} selected={selected} onSelect={setSelected} onOpen={go} empty={t(query.isPending ? "loading" : "pack.none")}>
          {({ item }) => <PackRow item={item} />}
        </VirtualList>
      </Panel>
      {adding ? (
        <NewDialog
          items={items}
          onName={(kind, id) => {
            const known = items.find((item) => item.kind === kind && item.id === id);
            setDraft(draftOf(session?.person ?? "", kind, id), { text: "", version: known?.version ?? 0 });
            go(`${kind}/${id}`);
          }}
          onClose={() => setAdding(false)}
        />
      ) : null}
    </main>
  );
}
