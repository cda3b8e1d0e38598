// Opening an incident: by hand with the little that must be known, or from an alert that says it all.
import { Button } from "@mantine/core";
import { useState } from "react";
import type { Alert, Area, Severity } from "../../api/wire";
import { Problem } from "../../api/problem";
import { ActForm } from "../../ui/ActForm";
import { Field } from "../../ui/Field";
import { SeverityMark } from "../../ui/SeverityMark";
import { severities } from "../../ui/severity";
import { useWords } from "../../ui/words";
import { useOpen } from "./act";
import { WordsArea } from "./fields";
import { kinds } from "./kinds";
import { wrongWords } from "./limits";

interface Props {
  areas: readonly Area[];
  /** The alert that it is opened from. */
  alert?: Alert;
  /** Told the id, also of the one that holds the alert already. */
  onOpened: (id: string) => void;
  onClose: () => void;
}

export function OpenDialog({ areas, alert, onOpened, onClose }: Props) {
  const { t, pick } = useWords();
  const open = useOpen();
  const [title, setTitle] = useState("");
  const [kind, setKind] = useState<string>(kinds[0]);
  const [level, setLevel] = useState<Severity>(3);
  const [area, setArea] = useState("");
  const [text, setText] = useState("");
  const [tried, setTried] = useState(false);
  const held = open.error instanceof Problem && open.error.code === "linked_elsewhere" && typeof open.error.fields.incident === "string" ? open.error.fields.incident : null;
  const noTitle = title.trim() === "";
  const body = () => {
    setTried(true);
    const words = text.trim() ? { text: text.trim() } : {};
    if (wrongWords(text, false)) return null;
    if (alert) return { alerts: [alert.id], ...words };
    return noTitle ? null : { title: { vi: title.trim() }, kind, severity: level, areas: area ? [area] : [], ...words };
  };
  return (
    <ActForm
      title={t(alert ? "incident.open.fromAlert" : "incident.open.title")}
      what={t("incident.open.do")}
      about={alert ? <p className="dialog-about"><SeverityMark severity={alert.severity} /> <strong>{pick(alert.title, alert.code)}</strong></p> : null}
      send={open}
      body={body}
      onClose={onClose}
      onDone={({ id }) => onOpened(id)}
      ways={held ? <Button type="button" variant="default" onClick={() => onOpened(held)}>{t("incident.open.goThere")}</Button> : null}
    >
      {alert ? null : (
        <>
          <Field label={t("incident.open.what")} error={tried && noTitle ? t("incident.missing") : null}>{(id, described) => <input id={id} required maxLength={300} aria-invalid={described !== undefined} aria-describedby={described} value={title} onChange={(event) => setTitle(event.target.value)} />}</Field>
          <div className="field-pair">
            <Field label={t("incident.kindLabel")}>{(id) => <select id={id} value={kind} onChange={(event) => setKind(event.target.value)}>{kinds.map((each) => <option key={each} value={each}>{t(`incident.kind.${each}`)}</option>)}</select>}</Field>
            <Field label={t("incident.level")}>{(id) => <select id={id} value={level} onChange={(event) => setLevel(Number(event.target.value) as Severity)}>{severities.map((each) => <option key={each} value={each}>{t(`severity.${each}`)}</option>)}</select>}</Field>
          </div>
          <Field label={t("alert.area")}>{(id) => <select id={id} value={area} onChange={(event) => setArea(event.target.value)}><option value="">{t("incident.wholeCity")}</option>{areas.map((each) => <option key={each.code} value={each.code}>{each.name}</option>)}</select>}</Field>
        </>
      )}
      <WordsArea label={t("incident.open.text")} value={text} onValue={setText} tried={tried} />
    </ActForm>
  );
}
