// Taking a SOC action: what, upon whom, why, until when; then the same in words, and a second press.
import { Button } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { serverNow } from "../../api/pulse";
import { fromField, moment } from "../../lib/age";
import { ActForm } from "../../ui/ActForm";
import { Field } from "../../ui/Field";
import { useMay } from "../../ui/may";
import { useWords } from "../../ui/words";
import { type ActionDraft, actionBody, actionFaults, mayTake } from "./draft";
import { useRefusal } from "./refusal";
import { targetOf } from "./sieve";
import { useTake } from "./useSecurity";
import { type ActionKind, type SecurityAction, actionKinds } from "./wire";

export interface TargetProps {
  draft: ActionDraft;
  onDraft: (draft: ActionDraft) => void;
  wrong: Partial<Record<keyof ActionDraft, string>>;
}

interface Props {
  /** The fields of the target, which know accounts, sessions and devices. */
  target: (props: TargetProps) => ReactNode;
  onTaken: (action: SecurityAction) => void;
  onClose: () => void;
}

export function ActionDialog({ target, onTaken, onClose }: Props) {
  const { t } = useWords();
  const may = useMay();
  const send = useTake();
  const explain = useRefusal();
  const mine = actionKinds.filter((kind) => mayTake(kind, may));
  const [draft, setDraft] = useState<ActionDraft>({ kind: mine[0] ?? "block_account", account: "", part: "", device: "", reason: "", until: "" });
  const [tried, setTried] = useState(false);
  const [said, setSaid] = useState<ReturnType<typeof actionBody> | null>(null);
  const wrong = tried ? actionFaults(draft, serverNow()) : {};
  const kind = t(`security.actionKind.${draft.kind}`);
  const body = () => {
    if (said) return said;
    setTried(true);
    if (Object.keys(actionFaults(draft, serverNow())).length === 0) setSaid(actionBody(draft));
    return null;
  };
  const end = draft.until === "" ? null : fromField(draft.until);
  return (
    <ActForm
      title={t("security.take")}
      what={said ? t("security.confirmTake", { kind }) : t("security.next")}
      about={<p className="quiet">{t(`security.actionAbout.${draft.kind}`)}</p>}
      send={send}
      body={body}
      explain={explain}
      onClose={onClose}
      onDone={onTaken}
      ways={said ? <Button type="button" variant="default" onClick={() => setSaid(null)}>{t("security.back")}</Button> : null}
    >
      {said ? (
        <div className="note" role="status">
          <p><strong>⚠ {kind}: {targetOf(said)}</strong></p>
          <p>{draft.kind === "cut_session" ? t("security.cannotUndo") : end === null ? t("security.endless") : t("security.until", { at: moment(end, serverNow()) })}</p>
          <p>{said.reason}</p>
        </div>
      ) : (
        <>
          <Field label={t("security.actionKindLabel")}>
            {(id) => <select id={id} value={draft.kind} onChange={(event) => setDraft({ ...draft, kind: event.target.value as ActionKind, part: "" })}>{mine.map((each) => <option key={each} value={each}>{t(`security.actionKind.${each}`)}</option>)}</select>}
          </Field>
          {target({ draft, onDraft: setDraft, wrong })}
          <Field label={t("security.reason")} error={wrong.reason ? t(wrong.reason) : null}>{(id, described) => <textarea id={id} rows={3} maxLength={500} aria-invalid={described !== undefined} aria-describedby={described} value={draft.reason} onChange={(event) => setDraft({ ...draft, reason: event.target.value })} />}</Field>
          {draft.kind === "cut_session" ? null : <Field label={t("security.untilField")} error={wrong.until ? t(wrong.until) : null}>{(id, described) => <input id={id} type="datetime-local" aria-invalid={described !== undefined} aria-describedby={described} value={draft.until} onChange={(event) => setDraft({ ...draft, until: event.target.value })} />}</Field>}
        </>
      )}
    </ActForm>
  );
}
