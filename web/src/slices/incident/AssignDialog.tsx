// Giving an incident to an organisation or a person of it, and taking it back.
import { useState } from "react";
import type { Incident, Org } from "../../api/wire";
import { fold } from "../../lib/fold";
import { Field } from "../../ui/Field";
import { useWords } from "../../ui/words";
import { ActForm } from "./ActForm";
import { WordsArea } from "./fields";
import { wrongWords } from "./limits";

interface Props {
  incident: Incident;
  orgs: readonly Org[];
  onClose: () => void;
}

export function AssignDialog({ incident, orgs, onClose }: Props) {
  const { t, pick } = useWords();
  const [words, setWords] = useState("");
  const [org, setOrg] = useState("");
  const [lead, setLead] = useState(incident.lead_org === null);
  const [back, setBack] = useState(false);
  const [text, setText] = useState("");
  const [tried, setTried] = useState(false);
  const asked = fold(words).split(" ").filter(Boolean);
  const mine = new Set(incident.assigned.filter(({ person }) => person === null).map((each) => each.org));
  // Those of the incident's own wards first: they are the nearest.
  const near = (each: Org) => Number(incident.areas.includes(each.area ?? ""));
  const found = orgs.filter((each) => (back ? mine.has(each.code) : true) && asked.every((word) => fold(`${each.title.vi ?? ""} ${each.title.en ?? ""} ${each.code}`).includes(word)));
  const listed = [...found].sort((a, b) => near(b) - near(a));
  const chosen = listed.some((each) => each.code === org) ? org : "";
  const body = () => {
    setTried(true);
    if (chosen === "" || wrongWords(text, false)) return null;
    return { org: chosen, ...(back ? { withdraw: true } : { lead }), ...(text.trim() ? { text: text.trim() } : {}) };
  };
  return (
    <ActForm act="assign" incident={incident} onClose={onClose} body={body}>
      {mine.size > 0 ? <label className="check"><input type="checkbox" checked={back} onChange={(event) => setBack(event.target.checked)} /> {t("incident.act.assign.back")}</label> : null}
      <Field label={t("incident.act.assign.find")}>{(id) => <input id={id} type="search" autoComplete="off" value={words} onChange={(event) => setWords(event.target.value)} />}</Field>
      <Field label={t("incident.act.assign.org")} error={tried && chosen === "" ? t("incident.act.assign.none") : null}>
        {(id, described) => (
          <select id={id} size={7} required aria-invalid={described !== undefined} aria-describedby={described} value={chosen} onChange={(event) => setOrg(event.target.value)}>
            {listed.map((each) => <option key={each.code} value={each.code}>{pick(each.title, each.code)}{mine.has(each.code) ? ` · ${t("incident.act.assign.already")}` : ""}</option>)}
          </select>
        )}
      </Field>
      {back ? null : <label className="check"><input type="checkbox" checked={lead} onChange={(event) => setLead(event.target.checked)} /> {t("incident.act.assign.lead")}</label>}
      <WordsArea label={t("incident.act.assign.text")} value={text} onValue={setText} tried={tried} />
    </ActForm>
  );
}
