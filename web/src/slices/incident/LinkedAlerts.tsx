// The alerts that belong to an incident, those that go on first, each leading to its place.
import type { ReactNode } from "react";
import type { Incident, LinkedAlert } from "../../api/wire";
import { SeverityMark } from "../../ui/SeverityMark";
import { useWords } from "../../ui/words";

interface Props {
  incident: Incident;
  /** A way to the alert, around its words. */
  way: (alert: LinkedAlert, words: ReactNode) => ReactNode;
}

/** A longer list is shown when asked for. */
const FEW = 12;

export function LinkedAlerts({ incident, way }: Props) {
  const { t, pick } = useWords();
  const sorted = [...incident.alerts].sort((a, b) => Number(a.over) - Number(b.over) || b.severity - a.severity);
  const item = (alert: LinkedAlert) => (
    <li key={alert.id} className={alert.over ? "over" : ""}>
      <SeverityMark severity={alert.severity} hollow={alert.over} size={22} />
      <span>{way(alert, pick(alert.title, alert.code))}<small>{t(alert.over ? "incident.alertOver" : "incident.alertLive")}</small></span>
    </li>
  );
  return (
    <>
      <h3 className="sub">{t("incident.alerts", { count: incident.alert_count, live: incident.alerts_going_on })}</h3>
      {sorted.length === 0 ? <p className="quiet">{t("incident.noAlerts")}</p> : null}
      <ul className="linked">{sorted.slice(0, FEW).map(item)}</ul>
      {sorted.length > FEW ? <details><summary>{t("incident.moreAlerts", { count: sorted.length - FEW })}</summary><ul className="linked">{sorted.slice(FEW).map(item)}</ul></details> : null}
    </>
  );
}
