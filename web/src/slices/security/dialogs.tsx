// The dialogs of the acts on what is there: the review of an object, a vulnerability's state, taking an action back.
import { useState } from "react";
import { serverNow } from "../../api/pulse";
import { ActForm } from "../../ui/ActForm";
import { Field } from "../../ui/Field";
import { useWords } from "../../ui/words";
import type { Org } from "../../api/wire";
import { flawBody, flawFaults } from "./draft";
import { useRefusal } from "./refusal";
import { targetOf } from "./sieve";
import { actionsKey, flawsKey, objectsKey, useAct } from "./useSecurity";
import { type Finding, type Flaw, type FlawState, type InventoryObject, type SecurityAction, findings, flawStates } from "./wire";

function OwnerField({ orgs, value, onValue }: { orgs: readonly Org[]; value: string; onValue: (code: string) => void }) {
  const { t, pick } = useWords();
  return (
    <Field label={t("security.owner")}>
      {(id) => <select id={id} value={value} onChange={(event) => onValue(event.target.value)}><option value="">{t("security.sameOwner")}</option>{orgs.map((each) => <option key={each.code} value={each.code}>{pick(each.title, each.code)}</option>)}</select>}
    </Field>
  );
}

export function ReviewDialog({ object, orgs, onClose }: { object: InventoryObject; orgs: readonly Org[]; onClose: () => void }) {
  const { t, pick } = useWords();
  const send = useAct("POST", `objects/${object.kind}/${encodeURIComponent(object.id)}/review`, objectsKey, object.version);
  const explain = useRefusal();
  const [finding, setFinding] = useState<Finding | null>(null);
  const [note, setNote] = useState("");
  const [owner, setOwner] = useState("");
  const [tried, setTried] = useState(false);
  const body = () => {
    setTried(true);
    return finding === null ? null : { finding, note: note.trim(), ...(owner ? { owner } : {}) };
  };
  return (
    <ActForm title={t("security.review")} what={t("security.review")} about={<p>{t("security.reviewAbout", { object: pick(object.title, object.id) })}</p>} send={send} body={body} explain={explain} onClose={onClose}>
      <fieldset className="levels-field">
        <legend>{t("security.findingLabel")}</legend>
        {findings.map((each) => <label key={each}><input type="radio" name="finding" checked={finding === each} onChange={() => setFinding(each)} /> <span>{t(`security.finding.${each}`)}</span></label>)}
        {tried && finding === null ? <small role="alert" className="field-error">{t("security.bad.finding")}</small> : null}
      </fieldset>
      <OwnerField orgs={orgs} value={owner} onValue={setOwner} />
      <Field label={t("security.note")}>{(id) => <textarea id={id} rows={3} maxLength={1_000} value={note} onChange={(event) => setNote(event.target.value)} />}</Field>
    </ActForm>
  );
}

export function FlawDialog({ flaw, orgs, onClose }: { flaw: Flaw; orgs: readonly Org[]; onClose: () => void }) {
  const { t } = useWords();
  const send = useAct("PUT", `vulnerabilities/${encodeURIComponent(flaw.id)}`, flawsKey, flaw.revision);
  const explain = useRefusal();
  const [draft, setDraft] = useState({ state: flaw.state as FlawState, reason: "", until: "", owner: "" });
  const [tried, setTried] = useState(false);
  const wrong = tried ? flawFaults(draft, flaw, serverNow()) : {};
  const body = () => {
    setTried(true);
    return Object.keys(flawFaults(draft, flaw, serverNow())).length > 0 ? null : flawBody(draft, flaw);
  };
  return (
    <ActForm title={t("security.change")} what={t("security.save")} about={<p>{t("security.changeAbout", { flaw: `${flaw.package} ${flaw.version} · ${flaw.advisory}` })}</p>} send={send} body={body} explain={explain} onClose={onClose}>
      <fieldset className="levels-field">
        <legend>{t("security.state")}</legend>
        {flawStates.map((each) => <label key={each}><input type="radio" name="state" checked={draft.state === each} onChange={() => setDraft({ ...draft, state: each })} /> <span>{t(`security.flawState.${each}`)} <small className="quiet">{t(`security.flawAbout.${each}`)}</small></span></label>)}
        {wrong.state ? <small role="alert" className="field-error">{t(wrong.state)}</small> : null}
      </fieldset>
      {draft.state === "open" ? null : <Field label={t(`security.reasonOf.${draft.state}`)} error={wrong.reason ? t(wrong.reason) : null}>{(id, described) => <textarea id={id} rows={3} maxLength={500} aria-invalid={described !== undefined} aria-describedby={described} value={draft.reason} onChange={(event) => setDraft({ ...draft, reason: event.target.value })} />}</Field>}
      {draft.state === "accepted" ? <Field label={t("security.acceptedUntil")} error={wrong.until ? t(wrong.until) : null}>{(id, described) => <input id={id} type="datetime-local" aria-invalid={described !== undefined} aria-describedby={described} value={draft.until} onChange={(event) => setDraft({ ...draft, until: event.target.value })} />}</Field> : null}
      <OwnerField orgs={orgs} value={draft.owner} onValue={(owner) => setDraft({ ...draft, owner })} />
    </ActForm>
  );
}

export function UndoDialog({ action, onClose }: { action: SecurityAction; onClose: () => void }) {
  const { t } = useWords();
  const send = useAct("DELETE", `actions/${encodeURIComponent(action.id)}`, actionsKey);
  const explain = useRefusal();
  return <ActForm title={t("security.undo")} what={t("security.undo")} about={<p>{t(`security.undoAbout.${action.kind}`, { target: targetOf(action) })}</p>} send={send} body={() => undefined} explain={explain} onClose={onClose} />;
}
