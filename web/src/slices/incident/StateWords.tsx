// Where an incident stands, in words: nobody works on it, who leads, or how it ended.
import { nameOf } from "../../api/people";
import type { Incident } from "../../api/wire";
import { moment } from "../../lib/age";
import { useServerNow } from "../../ui/clock";
import { useWords } from "../../ui/words";

export function StateWords({ incident }: { incident: Incident }) {
  const { t } = useWords();
  const now = useServerNow();
  const { state, closed } = incident;
  if (closed) return <span className="state">{t("incident.closedBy", { reason: t(`incident.reason.${closed.reason}`), by: nameOf(closed.by), at: moment(Date.parse(closed.at), now) })}</span>;
  return <span className={`state ${state === "open" ? "state-raised" : ""}`}>{t(`incident.state.${state}`)}</span>;
}
