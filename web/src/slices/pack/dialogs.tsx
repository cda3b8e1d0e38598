// The dialogs that change an item of the pack, each after a last look at what becomes different: saving a text, taking it back, settling a conflict.
import { useMemo, useState } from "react";
import { difference } from "../../lib/lines";
import { ActForm } from "../../ui/ActForm";
import { DiffView } from "../../ui/DiffView";
import { useWords } from "../../ui/words";
import { type Deed, type Judged, useDeed } from "./act";
import type { Outcome, Whole } from "./model";
import { useRefusal } from "./Refusal";

/** What a change of some kinds does to what goes on. */
const means = ["rule", "profile"];

interface LookProps {
  kind: string;
  file: string;
  /** The text that counts, and the one that would. */
  from: string;
  to: string;
  /** From when on; null when the server has not said it yet. */
  applies: "now" | "restart" | null;
}

/** What becomes different, and from when on. */
function Look({ kind, file, from, to, applies }: LookProps) {
  const { t } = useWords();
  const lines = useMemo(() => difference(from, to), [from, to]);
  return (
    <>
      <p className="dialog-about"><code>{file}</code>{applies ? <span className="quiet">{t(`pack.applies.${applies}`)}</span> : null}</p>
      <DiffView label={t("pack.look")} lines={lines} empty={t("pack.sameCounts")} />
      {means.includes(kind) && lines.length > 0 ? <p className="note">{t(`pack.means.${kind}`)}</p> : null}
    </>
  );
}

interface SaveProps {
  kind: string;
  file: string;
  item: Whole | null;
  text: string;
  send: ReturnType<typeof useDeed>;
  version: number;
  onSaved: (outcome: Outcome) => void;
  onClose: () => void;
}

export function SaveDialog({ kind, file, item, text, send, version, onSaved, onClose }: SaveProps) {
  const { t } = useWords();
  const explain = useRefusal();
  // What was seen when the dialog opened is what was judged; if somebody is faster, the server says so.
  const [seen] = useState(item);
  const settles = seen?.state === "conflict";
  const deed: Deed = settles ? { act: "settle", take: "text", text } : { act: "put", text };
  const act = settles ? "merge" : "edit";
  return (
    <ActForm<Judged, Outcome>
      title={t(`pack.act.${act}.confirm`)}
      what={t(`pack.act.${act}.save`)}
      about={<Look kind={kind} file={file} from={seen?.text ?? ""} to={text} applies={seen?.applies ?? null} />}
      send={send}
      body={() => ({ deed, version })}
      explain={explain}
      onClose={onClose}
      onDone={onSaved}
    />
  );
}

const deeds = { lift: { act: "lift" }, keep: { act: "settle", take: "overlay" }, base: { act: "settle", take: "base" } } as const satisfies Record<string, Deed>;
export type Choice = keyof typeof deeds;

interface ChoiceProps {
  act: Choice;
  item: Whole;
  onDone: (outcome: Outcome) => void;
  onClose: () => void;
}

/** Taking the overlay back, keeping it, or going with the newer pack. */
export function ChoiceDialog({ act, item, onDone, onClose }: ChoiceProps) {
  const { t } = useWords();
  const send = useDeed(item.kind, item.id);
  const explain = useRefusal();
  const [seen] = useState(item);
  const to = act === "keep" ? seen.text : seen.base_text;
  return (
    <ActForm<Judged, Outcome>
      title={t(`pack.act.${act}.confirm`)}
      what={t(`pack.act.${act}.do`)}
      about={<Look kind={seen.kind} file={seen.file} from={seen.text ?? ""} to={to ?? ""} applies={seen.applies} />}
      send={send}
      body={() => ({ deed: deeds[act], version: seen.version })}
      explain={explain}
      onClose={onClose}
      onDone={onDone}
    >
      <p className="note">{t(act !== "keep" && typeof to !== "string" ? "pack.act.vanishes" : `pack.act.${act}.means`)}</p>
    </ActForm>
  );
}
