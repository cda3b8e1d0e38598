// The page of one item of the pack: how it stands, its texts and versions, and everything that can be done, each by one key.
import { Button } from "@mantine/core";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { asProblem } from "../api/problem";
import { useSession } from "../slices/access/useSession";
import { type Choice, ChoiceDialog } from "../slices/pack/dialogs";
import { EditPanel } from "../slices/pack/EditPanel";
import { Facts } from "../slices/pack/Facts";
import { History } from "../slices/pack/History";
import { type Act, actsOf, isName, strokes, whyFixed, whyNot } from "../slices/pack/may";
import type { Outcome, Whole } from "../slices/pack/model";
import { StateMark, StateWords } from "../slices/pack/StateWords";
import { TextsPanel } from "../slices/pack/TextsPanel";
import { type Draft, draftOf, useDraft } from "../slices/pack/useDraft";
import { usePackFacts, usePackItem } from "../slices/pack/usePack";
import { VersionPanel } from "../slices/pack/VersionPanel";
import "../slices/pack/words";
import { useOffers } from "../shell/offers";
import { useKeys } from "../shell/useKeys";
import { ActButton } from "../ui/ActButton";
import { Freshness } from "../ui/Freshness";
import { useMay } from "../ui/may";
import { useTime } from "../ui/moment";
import { Panel } from "../ui/Panel";
import { problemWords } from "../ui/problemWords";
import { useWords } from "../ui/words";
import { packItemSearch } from "./search";

const none: never[] = [];

/** Another item is another page: nothing of the one before stays. */
export function PackItemPage() {
  const { kind, id } = useParams({ strict: false }) as { kind: string; id: string };
  return <Page key={`${kind}/${id}`} kind={kind} id={id} />;
}

function Page({ kind, id }: { kind: string; id: string }) {
  const { t } = useWords();
  const navigate = useNavigate();
  const search = packItemSearch(useSearch({ strict: false }));
  const { past } = useTime();
  const may = useMay();
  const session = useSession().data;
  const query = usePackItem(kind, id);
  usePackFacts();
  const [draft, setDraft] = useDraft(draftOf(session?.person ?? "", kind, id));
  const [dropped, setDropped] = useState<Draft | null>(null);
  const [acting, setActing] = useState<Choice | null>(null);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const missing = query.isError && asProblem(query.error).status === 404;
  const writable = missing && isName(kind, id);
  const item: Whole | null = missing ? null : (query.data ?? null);
  const at = query.dataUpdatedAt || null;
  const standing = { past, may };
  const fixed = whyFixed(standing);
  const show = (change: object) => void navigate({ to: ".", search: (before: object) => ({ ...before, view: undefined, v: undefined, ...change }), replace: true } as never);
  const write = (text: string) => {
    setDropped(null);
    setOutcome(null);
    setDraft({ text, version: item?.version ?? 0 });
    show({});
  };
  // What is put away can be taken back as long as the page stands.
  const put = (next: Draft | null) => {
    if (next === null) setDropped(draft);
    setDraft(next);
  };
  const done = (what: Outcome) => {
    setActing(null);
    setOutcome(what);
    show({});
  };
  const saved = (what: Outcome) => {
    setDropped(null);
    setDraft(null);
    done(what);
  };
  const why = (act: Act) => (item ? (draft && (act === "edit" || act === "merge") ? "pack.whyNot.writing" : whyNot(act, item, standing)) : "pack.whyNot.none");
  const begin = (act: Act) => {
    if (!item || why(act) !== null) return;
    if (act === "edit") write(item.text ?? item.base_text ?? "");
    else if (act === "merge") write(item.conflict?.proposal ?? item.text ?? "");
    else setActing(act);
  };
  const shown = item ? actsOf(item.state) : none;
  const version = search.v === undefined ? undefined : item?.versions.find((each) => each.version === search.v);
  useKeys({
    Escape: () => (version ? show({}) : void navigate({ to: "/pack" })),
    ...Object.fromEntries(shown.map((act) => [strokes[act], () => begin(act)])),
    ...(writable && fixed === null && !draft ? { e: () => write("") } : {}),
  });
  useOffers(shown.filter((act) => why(act) === null).map((act) => ({ id: act, title: t(`pack.act.${act}.title`), stroke: strokes[act], run: () => begin(act) })));
  const editing = draft !== null && (item !== null || writable);
  return (
    <main className="page pack-page">
      <Panel title={t("pack.item")} className="pack-side" stamp={<Freshness at={missing ? query.errorUpdatedAt : at} stale={120} />}>
        <div className="scroll body">
          <nav className="crumbs" aria-label={t("pack.back")}><Link to="/pack">← {t("rooms.pack")}</Link></nav>
          {query.isError && !missing ? <p role="alert" className="error">{problemWords(t, query.error)}</p> : null}
          {query.isPending ? <p className="quiet">{t("loading")}</p> : null}
          {outcome ? <p role="status" className="note">{t(`pack.done.${outcome.applies}`, { version: outcome.version })}</p> : null}
          {dropped && !draft ? <p role="status" className="note">{t("pack.discarded")} <button type="button" className="link" onClick={() => { setDraft(dropped); setDropped(null); }}>{t("pack.takeBack")}</button></p> : null}
          {missing ? (
            <>
              <h3 className="pack-title">{id}</h3>
              <p className="note">{t(writable ? "pack.missing" : "pack.noName", { kind: t(`pack.kind.${kind}`, { defaultValue: kind }) })}</p>
              {writable && fixed !== null ? <p className="quiet">{t(fixed)}</p> : null}
              {writable && fixed === null && !draft ? <Button aria-keyshortcuts="e" onClick={() => write("")}>{t("pack.writeNew")}</Button> : null}
            </>
          ) : null}
          {item ? (
            <>
              <div className="headline">
                <StateMark state={item.state} size={40} />
                <div>
                  <h3>{item.id}</h3>
                  <p className="quiet">{t(`pack.kind.${item.kind}`)} · {t("pack.number", { version: item.version })}</p>
                  <StateWords state={item.state} />
                </div>
              </div>
              <div role="group" aria-label={t("pack.acts")} className="acts">
                {shown.map((act) => {
                  const reason = why(act);
                  return <ActButton key={act} main={act === "edit" || act === "merge"} label={t(`pack.act.${act}.do`)} stroke={strokes[act]} whyNot={reason === null ? null : t(reason)} onClick={() => begin(act)} />;
                })}
              </div>
              <Facts item={item} />
              <h3 className="sub">{t("pack.history")}</h3>
              <History versions={item.versions} open={version?.version ?? null} onOpen={(v) => show({ v })} />
            </>
          ) : null}
        </div>
      </Panel>
      {item && version ? (
        <VersionPanel key={version.version} item={item} version={version} at={at} onWrite={fixed === null && !draft ? write : null} onClose={() => show({})} />
      ) : editing ? (
        <EditPanel kind={kind} id={id} item={item} at={missing ? query.errorUpdatedAt : at} draft={draft} whyFixed={fixed} onDraft={put} onSaved={saved} />
      ) : item ? (
        <TextsPanel item={item} at={at} view={search.view} onView={(view) => show({ view })} />
      ) : null}
      {item && acting ? <ChoiceDialog act={acting} item={item} onDone={done} onClose={() => setActing(null)} /> : null}
    </main>
  );
}
