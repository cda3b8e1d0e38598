// What an incident is: where, since when, who works on it, how it ended.
import { nameOf } from "../../api/people";
import type { Incident } from "../../api/wire";
import { moment } from "../../lib/age";
import { useServerNow } from "../../ui/clock";
import { useWords } from "../../ui/words";
import { kindWords } from "./kindWords";

interface Props {
  incident: Incident;
  areaName: (code: string) => string;
  orgName: (code: string) => string;
}

export function Facts({ incident, areaName, orgName }: Props) {
  const { t, pick } = useWords();
  const now = useServerNow();
  const at = (text: string) => moment(Date.parse(text), now);
  const by = incident.opened_by.startsWith("service:") ? t("incident.byAlert") : nameOf(incident.opened_by);
  return (
    <>
      {incident.closed ? <p className="note"><strong>{t(`incident.reason.${incident.closed.reason}`)}.</strong> {incident.closed.text}</p> : null}
      <dl className="facts">
        <div><dt>{t("incident.kindLabel")}</dt><dd>{kindWords(t(`incident.kind.${incident.kind}`, { defaultValue: "" }), pick(incident.title, "")) || incident.kind}</dd></div>
        <div><dt>{t("alert.area")}</dt><dd>{incident.areas.map(areaName).join(", ") || t("incident.wholeCity")}</dd></div>
        <div><dt>{t("incident.openedAt")}</dt><dd>{t("incident.openedBy", { at: at(incident.opened_at), by })}</dd></div>
        {incident.reopens > 0 ? <div><dt>{t("incident.reopens")}</dt><dd>{incident.reopens}</dd></div> : null}
        <div><dt>{t("incident.register")}</dt><dd>{orgName(incident.org)}</dd></div>
      </dl>
      <h3 className="sub">{t("incident.people")}</h3>
      {incident.assigned.length === 0 ? <p className="quiet">{t("incident.nobody")}</p> : null}
      <ul className="assigned">
        {incident.assigned.map(({ org, person, at: since }) => (
          <li key={`${org} ${person ?? ""}`}>
            <strong>{orgName(org)}</strong> {person ? <span>{nameOf(person)}</span> : null}
            <small className="quiet">{t(org === incident.lead_org ? "incident.lead" : "incident.helps")} · {at(since)}</small>
          </li>
        ))}
      </ul>
    </>
  );
}
