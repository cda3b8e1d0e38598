// Letting open alerts belong to an incident.
import { useState } from "react";
import type { Alert, Incident } from "../../api/wire";
import { fold } from "../../lib/fold";
import { Field } from "../../ui/Field";
import { SeverityMark } from "../../ui/SeverityMark";
import { useWords } from "../../ui/words";
import { ActForm } from "./ActForm";

interface Props {
  incident: Incident;
  /** Open alerts, the nearest first. */
  candidates: readonly Alert[];
  areaName: (code: string) => string;
  onClose: () => void;
}

/** More are found by words. */
const SHOWN = 30;

export function LinkDialog({ incident, candidates, areaName, onClose }: Props) {
  const { t, pick } = useWords();
  const [words, setWords] = useState("");
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [tried, setTried] = useState(false);
  const linked = new Set(incident.alerts.map((alert) => alert.id));
  const asked = fold(words).split(" ").filter(Boolean);
  const fits = (alert: Alert) => asked.every((word) => fold(`${pick(alert.title, alert.code)} ${alert.device ?? ""} ${alert.areas.map(areaName).join(" ")}`).includes(word));
  const found = candidates.filter((alert) => !linked.has(alert.id) && (chosen.includes(alert.id) || fits(alert))).slice(0, SHOWN);
  const toggle = (id: string) => setChosen(chosen.includes(id) ? chosen.filter((each) => each !== id) : [...chosen, id]);
  const body = () => {
    setTried(true);
    return chosen.length === 0 ? null : { alerts: chosen };
  };
  return (
    <ActForm act="link" incident={incident} onClose={onClose} body={body}>
      <Field label={t("incident.act.link.find")}>{(id) => <input id={id} type="search" autoComplete="off" value={words} onChange={(event) => setWords(event.target.value)} />}</Field>
      <ul className="pick" aria-label={t("incident.act.link.list")}>
        {found.map((alert) => (
          <li key={alert.id}>
            <label className="check"><input type="checkbox" checked={chosen.includes(alert.id)} onChange={() => toggle(alert.id)} /> <SeverityMark severity={alert.severity} size={20} /> <span>{pick(alert.title, alert.code)}<small>{alert.areas.map(areaName).join(", ")}</small></span></label>
          </li>
        ))}
      </ul>
      {found.length === 0 ? <p className="quiet">{t("incident.act.link.empty")}</p> : null}
      {tried && chosen.length === 0 ? <small className="field-error">{t("incident.act.link.none")}</small> : null}
    </ActForm>
  );
}
