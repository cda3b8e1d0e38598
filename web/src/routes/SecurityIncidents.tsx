// What the SOC tells: its incidents, the newest word first, with the way to the alert that each raises here.
import { Link } from "@tanstack/react-router";
import { useDeferredValue, useMemo } from "react";
import { IncidentPanel } from "../slices/security/panels";
import { IncidentRow } from "../slices/security/rows";
import { sift } from "../slices/security/sieve";
import { useSocIncidents } from "../slices/security/useSecurity";
import { type SocIncident, incidentStates } from "../slices/security/wire";
import { useMay } from "../ui/may";
import { useWords } from "../ui/words";
import { ObjectWay } from "./SecurityObjects";
import { GroupChips, type PartProps, SecurityShelf } from "./SecurityShelf";

const none: never[] = [];
const text = (incident: SocIncident) => `${incident.id} ${incident.title.vi} ${incident.title.en} ${incident.note} ${incident.objects.map((object) => object.id).join(" ")}`;

export function SecurityIncidents({ search, go }: PartProps) {
  const { t } = useWords();
  const may = useMay();
  const query = useSocIncidents();
  const q = useDeferredValue(search.q);
  const state = incidentStates.find((each) => each === search.state);
  const sifted = useMemo(() => sift(query.data?.items ?? none, text, q, (incident) => incident.state as (typeof incidentStates)[number], state), [query.data, q, state]);
  return (
    <SecurityShelf
      search={search}
      go={go}
      query={query}
      items={sifted.items}
      keyOf={(incident) => incident.id}
      row={(incident) => <IncidentRow incident={incident} />}
      filter={<GroupChips label={t("security.state")} all={incidentStates} words={(each) => t(`security.incidentState.${each}`)} counts={sifted.counts} chosen={state} onChoose={(each) => go({ state: each })} />}
      none="security.noIncidents"
      detail={(incident, close) => (
        <IncidentPanel
          incident={incident}
          onClose={close}
          objectWay={(object) => <ObjectWay {...object} />}
          ways={!incident.alert ? <p className="quiet">{t("security.noAlert")}</p> : may("alert.read") ? <p className="more-link"><Link to="/alerts" search={{ alert: incident.alert, ...(incident.state === "closed" ? { state: "cleared" } : {}) } as never}>{t("security.alertOf")}</Link></p> : null}
        />
      )}
    />
  );
}
