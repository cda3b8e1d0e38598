// The room of people and rights: the accounts in one list that one can narrow, the roles, and the access review.
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useDeferredValue, useMemo, useState } from "react";
import { figure } from "../lib/figure";
import { PersonDialog } from "../slices/access/PersonDialog";
import { PersonRow } from "../slices/access/PersonRow";
import { RolesView } from "../slices/access/RolesView";
import { rowsOf, siftPeople, standings } from "../slices/access/sift";
import { usePeople } from "../slices/access/usePeople";
import { usePlace } from "../slices/access/usePlace";
import { useRoles } from "../slices/access/useRoles";
import "../slices/access/words";
import { useOffers } from "../shell/offers";
import { useKeys } from "../shell/useKeys";
import { useListKeys } from "../shell/useListKeys";
import { useServerNow } from "../ui/clock";
import { Freshness } from "../ui/Freshness";
import { useMay } from "../ui/may";
import { useTime } from "../ui/moment";
import { Panel } from "../ui/Panel";
import { Trouble } from "../ui/Trouble";
import { useWide } from "../ui/useWide";
import { VirtualList } from "../ui/VirtualList";
import { WordsField } from "../ui/WordsField";
import { useWords } from "../ui/words";
import { PeopleTabs } from "./PeopleTabs";
import { ReviewPart } from "./ReviewPart";
import { type PeopleSearch, peopleSearch } from "./search";

const LIST = "people-list";
const WORDS = "people-words";
const none: never[] = [];

export function PeoplePage() {
  const search = peopleSearch(useSearch({ strict: false }));
  const navigate = useNavigate();
  const may = useMay();
  const go = (change: { [K in keyof PeopleSearch]: PeopleSearch[K] | undefined }) => void navigate({ to: "/people", search: { ...search, ...change } as never, replace: true });
  const open = (account: string) => void navigate({ to: "/people/$account/rights", params: { account } } as never);
  if (search.view === "roles") return <RolesPart search={search} go={go} />;
  if (search.view === "review" && may("review.read")) return <ReviewPart search={search} go={go} />;
  return <ListPart search={search} go={go} open={open} />;
}

interface PartProps {
  search: PeopleSearch;
  go: (change: { [K in keyof PeopleSearch]: PeopleSearch[K] | undefined }) => void;
}

function RolesPart({ search, go }: PartProps) {
  const { t } = useWords();
  const { query } = useRoles();
  useKeys({ f: () => document.getElementById(WORDS)?.focus() });
  return (
    <main className="page">
      <Panel title={t("rooms.people")} className="page-panel" stamp={<Freshness at={query.dataUpdatedAt || null} stale={86_400} />}>
        <div className="sieve"><PeopleTabs view="roles" /><WordsField id={WORDS} label={t("roles.words")} stroke="f" value={search.q ?? ""} onValue={(text) => go({ q: text || undefined })} /></div>
        <RolesView q={search.q ?? ""} />
      </Panel>
    </main>
  );
}

function ListPart({ search, go, open }: PartProps & { open: (account: string) => void }) {
  const { t, language, pick } = useWords();
  const { past } = useTime();
  const may = useMay();
  const place = usePlace();
  const { roles } = useRoles();
  const query = usePeople();
  const wide = useWide(900);
  const minute = Math.floor(useServerNow() / 60_000);
  const [selected, setSelected] = useState<string | null>(null);
  const [making, setMaking] = useState(false);
  const rows = useMemo(() => rowsOf(query.data?.items ?? none, (person) => person.rights.map((right) => `${pick(right.title, right.role)} ${place(right)}`).join(" "), minute * 60_000), [query.data, place, language, minute]);
  const { q, role, standing } = search;
  const asked = useDeferredValue(q);
  const sifted = useMemo(() => siftPeople(rows, { ...(asked ? { q: asked } : {}), ...(role ? { role } : {}), ...(standing ? { standing } : {}) }), [rows, asked, role, standing]);
  const keys = useMemo(() => sifted.rows.map((row) => row.person.account), [sifted]);
  const begin = may("person.keep") && !past ? () => setMaking(true) : null;
  useListKeys({ listId: LIST, keys, selected, onSelect: setSelected, onOpen: open, more: { f: () => document.getElementById(WORDS)?.focus(), n: () => begin?.() } });
  useOffers(begin ? [{ id: "make-person", title: t("people.make"), stroke: "n", run: begin }] : none);
  const count = sifted.rows.length;
  return (
    <main className="page">
      <Panel title={t("rooms.people")} className="page-panel" stamp={<><span className="quiet" role="status">{t("people.count", { count, shown: figure(count, language), all: figure(rows.length, language) })}</span><Freshness at={query.dataUpdatedAt || null} stale={180} /></>}>
        <div className="sieve">
          <PeopleTabs view={undefined} />
          <WordsField id={WORDS} label={t("people.words")} stroke="f" value={q ?? ""} onValue={(text) => go({ q: text || undefined })} />
          <select aria-label={t("right.role")} value={role ?? ""} onChange={(event) => go({ role: event.target.value || undefined })}>
            <option value="">{t("people.allRoles")}</option>
            {roles.map((each) => <option key={each.code} value={each.code}>{pick(each.title, each.code)}</option>)}
          </select>
          <div role="group" aria-label={t("people.standingLabel")} className="chips">
            {standings.map((each) => <button key={each} type="button" className="chip" aria-pressed={standing === each} onClick={() => go({ standing: standing === each ? undefined : each })}>{t(`people.standing.${each}`)} <span className="chip-count">{figure(sifted.standings.get(each) ?? 0, language)}</span></button>)}
          </div>
          {begin ? <button type="button" className="chip chip-main" aria-keyshortcuts="n" onClick={begin}>{t("people.make")} <kbd>n</kbd></button> : null}
        </div>
        {query.isError ? <Trouble error={query.error} about={{ action: "person.read" }} /> : null}
        {query.data && !query.data.complete ? <p className="note">{t("people.more", { count: rows.length })}</p> : null}
        <VirtualList id={LIST} label={t("people.list")} items={sifted.rows} keyOf={(row) => row.person.account} height={wide ? 56 : 96} selected={selected} onSelect={setSelected} onOpen={open} empty={t(query.isPending ? "loading" : "people.none")}>
          {(row) => <PersonRow row={row} place={place} />}
        </VirtualList>
      </Panel>
      {making ? <PersonDialog onMade={open} onClose={() => setMaking(false)} /> : null}
    </main>
  );
}
