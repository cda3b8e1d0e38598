// Writing a text over an item of the pack: the field, what has changed meanwhile, what the server found wrong, and the way to a last look.
import { Button } from "@mantine/core";
import { useEffect, useMemo, useRef, useState } from "react";
import type { Caret } from "../../lib/caret";
import { difference, readUnified, tally } from "../../lib/lines";
import { ActButton } from "../../ui/ActButton";
import { DiffView } from "../../ui/DiffView";
import { Editor, type Pen } from "../../ui/Editor";
import { Freshness } from "../../ui/Freshness";
import { Panel } from "../../ui/Panel";
import { useWords } from "../../ui/words";
import { useDeed } from "./act";
import { byWords } from "./byWords";
import { SaveDialog } from "./dialogs";
import { whyNotSave } from "./may";
import { firstIn, mistakesOf } from "./mistakes";
import type { Outcome, Whole } from "./model";
import { MistakeList } from "./Refusal";
import type { Draft } from "./useDraft";

interface Props {
  kind: string;
  id: string;
  /** The item as it is now; null when no pack has it and nobody has written it. */
  item: Whole | null;
  at: number | null;
  draft: Draft;
  /** Why nothing can be changed now, as a key of the translations. */
  whyFixed: string | null;
  onDraft: (draft: Draft | null) => void;
  onSaved: (outcome: Outcome) => void;
}

export function EditPanel({ kind, id, item, at, draft, whyFixed, onDraft, onSaved }: Props) {
  const { t } = useWords();
  const send = useDeed(kind, id);
  const pen = useRef<Pen>(null);
  const [asking, setAsking] = useState(false);
  const [place, setPlace] = useState<Caret | null>(null);
  const file = item?.file ?? `${kind}/${id}`;
  const newest = item?.version ?? 0;
  // While its own change comes back nobody else was faster.
  const behind = newest !== draft.version && !send.isPending && !send.isSuccess;
  const why = whyFixed ?? (behind ? "pack.whyNot.behind" : whyNotSave(draft.text, item));
  const found = useMemo(() => mistakesOf(send.error), [send.error]);
  // A file that is new has no path yet but the one that the server names.
  const own = item?.file ?? found.mistakes.find((each) => each.file.includes(id))?.file ?? file;
  const marked = useMemo(() => new Set(found.mistakes.filter((each) => each.file === own).map((each) => each.line)), [found, own]);
  useEffect(() => pen.current?.focus(), []);
  useEffect(() => {
    if (found.mistakes.length === 0) return;
    // Mistakes are read beside the text, not over it.
    setAsking(false);
    setPlace(firstIn(own, found.mistakes));
  }, [found, own]);
  const ask = () => {
    if (why !== null || send.isPending) return;
    send.reset();
    setPlace(null);
    setAsking(true);
  };
  const counts = tally(useMemo(() => difference(item?.text ?? "", draft.text), [item?.text, draft.text]));
  return (
    <Panel title={t(item?.state === "conflict" ? "pack.act.merge.title" : "pack.act.edit.title")} className="pack-work" stamp={<Freshness at={at} stale={120} />}>
      {behind ? <Behind item={item} draft={draft} onDraft={onDraft} /> : null}
      {found.mistakes.length > 0 ? <div role="alert" tabIndex={0} className="error pack-mistakes"><MistakeList found={found} file={own} onPlace={setPlace} /></div> : null}
      <Editor ref={pen} label={t("pack.editor", { file })} text={draft.text} onText={(text) => onDraft({ ...draft, text })} onRun={ask} fault={place} marked={marked} />
      <div className="sql-bar pack-bar">
        <ActButton main label={t("pack.review")} stroke="Ctrl Enter" whyNot={why === null ? null : t(why)} onClick={ask} />
        <Button size="sm" variant="default" onClick={() => onDraft(null)}>{t("pack.discard")}</Button>
        <span className="quiet" role="status">{t("pack.tally", counts)}</span>
      </div>
      {asking && found.mistakes.length === 0 ? <SaveDialog kind={kind} file={file} item={item} text={draft.text} send={send} version={draft.version} onSaved={onSaved} onClose={() => setAsking(false)} /> : null}
    </Panel>
  );
}

/** Somebody was faster: what they did, and the way to write on. The draft stays as it is. */
function Behind({ item, draft, onDraft }: Pick<Props, "item" | "draft" | "onDraft">) {
  const { t } = useWords();
  const later = (item?.versions ?? []).filter((each) => each.version > draft.version);
  const newest = later[0];
  const now = item?.version ?? 0;
  return (
    <div role="alert" className="note pack-behind">
      <p>{newest ? t("pack.behind.about", { from: draft.version, to: now, change: t(`pack.change.${newest.change}`), by: byWords(t, newest.by) }) : t("pack.behind.gone")}</p>
      {later.map((each) => <DiffView key={each.version} label={t("pack.version", { version: each.version, change: t(`pack.change.${each.change}`) })} lines={readUnified(each.diff ?? "")} empty={t("pack.sameText")} />)}
      <div className="acts">
        <Button size="sm" variant="default" onClick={() => onDraft({ ...draft, version: now })}>{t("pack.behind.on", { version: now })}</Button>
        {item ? <Button size="sm" variant="default" onClick={() => onDraft({ text: item.text ?? "", version: now })}>{t("pack.behind.over")}</Button> : null}
      </div>
    </div>
  );
}
