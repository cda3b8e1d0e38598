// One incident in the list: mark, number and title, where, who leads, its alerts, and since when.
import type { Incident } from "../../api/wire";
import { ago } from "../../lib/age";
import { useServerNow } from "../../ui/clock";
import { SeverityMark } from "../../ui/SeverityMark";
import { useWords } from "../../ui/words";
import { kindWords } from "./kindWords";
import { StateWords } from "./StateWords";

interface Props {
  incident: Incident;
  areaName: (code: string) => string;
  orgName: (code: string) => string;
}

export function IncidentRow({ incident, areaName, orgName }: Props) {
  const { t, language, pick } = useWords();
  const now = useServerNow();
  const where = incident.areas.map(areaName).join(", ") || t("incident.wholeCity");
  return (
    <div className="incident-row">
      <SeverityMark severity={incident.severity} hollow={incident.state !== "open"} size={30} />
      <span className="incident-name"><strong>{pick(incident.title, incident.kind)}</strong><small>{incident.number} · {kindWords(t(`incident.kind.${incident.kind}`, { defaultValue: "" }), pick(incident.title, "")) || incident.kind}</small></span>
      <span className="incident-where">{where}<small>{incident.lead_org ? t("incident.leads", { org: orgName(incident.lead_org) }) : t("incident.noLead")}</small></span>
      <span className="incident-state"><StateWords incident={incident} /><small>{t("incident.alertCount", { count: incident.alert_count, live: incident.alerts_going_on })}</small></span>
      <time className="incident-age quiet" dateTime={incident.opened_at}>{ago(Date.parse(incident.opened_at), now, language)}</time>
    </div>
  );
}
