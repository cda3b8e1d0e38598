// Adding an item that the pack does not have: its kind and name; its text comes after.
import { useState } from "react";
import { ActForm } from "../../ui/ActForm";
import { Field } from "../../ui/Field";
import { useWords } from "../../ui/words";
import { whyNoName } from "./may";
import { type Item, type Kind, kinds, singles } from "./model";

interface Props {
  items: readonly Item[];
  onName: (kind: Kind, id: string) => void;
  onClose: () => void;
}

/** Nothing goes to the server yet. */
const local = { isPending: false, isError: false, error: null, mutate: (body: { kind: Kind; id: string }, then: { onSuccess: (answer: { kind: Kind; id: string }) => void }) => then.onSuccess(body) };

export function NewDialog({ items, onName, onClose }: Props) {
  const { t } = useWords();
  // Of some kinds there is only one, and it is there.
  const open = kinds.filter((kind) => !singles.includes(kind) || whyNoName(kind, kind, items) === null);
  const [kind, setKind] = useState<Kind>(open[0] ?? "rule");
  const [typed, setTyped] = useState("");
  const [tried, setTried] = useState(false);
  const single = singles.includes(kind);
  const id = single ? kind : typed.trim();
  const wrong = whyNoName(kind, id, items);
  const body = () => {
    setTried(true);
    return wrong ? null : { kind, id };
  };
  return (
    <ActForm title={t("pack.new.title")} what={t("pack.new.go")} about={<p className="quiet">{t("pack.new.about")}</p>} send={local} body={body} onClose={onClose} onDone={(named) => onName(named.kind, named.id)}>
      <Field label={t("pack.kindLabel")}>{(field) => <select id={field} value={kind} onChange={(event) => setKind(event.target.value as Kind)}>{open.map((each) => <option key={each} value={each}>{t(`pack.kind.${each}`)}</option>)}</select>}</Field>
      {single ? null : <Field label={t("pack.new.id")} error={tried && wrong ? t(wrong) : null}>{(field, described) => <input id={field} required maxLength={64} autoComplete="off" autoCapitalize="off" spellCheck={false} aria-invalid={described !== undefined} aria-describedby={described} value={typed} onChange={(event) => setTyped(event.target.value)} />}</Field>}
    </ActForm>
  );
}
