// The dialogs of the acts that need little: a note, a beginning, a level, an end with its reason, a new beginning.
import { useState } from "react";
import type { Incident, Severity } from "../../api/wire";
import { Field } from "../../ui/Field";
import { SeverityMark } from "../../ui/SeverityMark";
import { severities } from "../../ui/severity";
import { useWords } from "../../ui/words";
import { ActForm } from "./ActForm";
import { WordsArea } from "./fields";
import { wrongWords } from "./limits";

interface Props {
  incident: Incident;
  onClose: () => void;
}

/** Only words: a note, a reopening (both needed), the beginning of work (may be empty). */
export function WordsDialog({ act, incident, onClose }: Props & { act: "note" | "reopen" | "work" }) {
  const { t } = useWords();
  const [text, setText] = useState("");
  const [tried, setTried] = useState(false);
  const required = act !== "work";
  const body = () => {
    setTried(true);
    return wrongWords(text, required) ? null : text.trim() ? { text: text.trim() } : {};
  };
  return (
    <ActForm act={act} incident={incident} onClose={onClose} body={body}>
      <WordsArea label={t(`incident.act.${act}.text`)} value={text} onValue={setText} tried={tried} required={required} />
    </ActForm>
  );
}

export function SeverityDialog({ incident, onClose }: Props) {
  const { t } = useWords();
  const [level, setLevel] = useState<Severity | null>(null);
  const [text, setText] = useState("");
  const [tried, setTried] = useState(false);
  const body = () => {
    setTried(true);
    return level === null || wrongWords(text, true) ? null : { severity: level, text: text.trim() };
  };
  return (
    <ActForm act="severity" incident={incident} onClose={onClose} body={body}>
      <fieldset className="levels-field">
        <legend>{t("incident.act.severity.level")}</legend>
        {[...severities].reverse().map((each) => (
          <label key={each} data-off={each === incident.severity}>
            <input type="radio" name="level" checked={level === each} disabled={each === incident.severity} onChange={() => setLevel(each)} /> <SeverityMark severity={each} size={22} /> <span>{t(`severity.${each}`)}</span>
          </label>
        ))}
        {tried && level === null ? <small className="field-error">{t("incident.act.severity.none")}</small> : null}
      </fieldset>
      <WordsArea label={t("incident.act.severity.text")} value={text} onValue={setText} tried={tried} required />
    </ActForm>
  );
}

export const reasons = ["resolved", "false_alarm", "duplicate", "merged", "handed_over"] as const;

export function CloseDialog({ incident, onClose }: Props) {
  const { t } = useWords();
  const [reason, setReason] = useState<(typeof reasons)[number] | "">("");
  const [text, setText] = useState("");
  const [tried, setTried] = useState(false);
  const body = () => {
    setTried(true);
    return reason === "" || wrongWords(text, true) ? null : { reason, text: text.trim() };
  };
  return (
    <ActForm act="close" incident={incident} onClose={onClose} body={body}>
      {incident.alerts_going_on > 0 ? <p className="note">{t("incident.act.close.live", { count: incident.alerts_going_on })}</p> : null}
      <Field label={t("incident.act.close.reason")} error={tried && reason === "" ? t("incident.act.close.none") : null}>
        {(id, described) => (
          <select id={id} required aria-invalid={described !== undefined} aria-describedby={described} value={reason} onChange={(event) => setReason(event.target.value as typeof reason)}>
            <option value="">{t("incident.choose")}</option>
            {reasons.map((each) => <option key={each} value={each}>{t(`incident.reason.${each}`)}</option>)}
          </select>
        )}
      </Field>
      <WordsArea label={t("incident.act.close.text")} value={text} onValue={setText} tried={tried} required />
    </ActForm>
  );
}
