// On the panel of an alert: the incident that it belongs to, or the way to open one from it.
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { Alert } from "../api/wire";
import { useAreas } from "../slices/access/useAreas";
import { OpenDialog } from "../slices/incident/OpenDialog";
import { useIncidentOf } from "../slices/incident/useIncidents";
import { useKeys } from "../shell/useKeys";
import { ActButton } from "../ui/ActButton";
import { useMay } from "../ui/may";
import { useTime } from "../ui/moment";
import { useWords } from "../ui/words";

export function IncidentOf({ alert }: { alert: Alert }) {
  return useMay()("incident.read") ? <Known alert={alert} /> : null;
}

function Known({ alert }: { alert: Alert }) {
  const { t } = useWords();
  const opens = useMay()("incident.open");
  const navigate = useNavigate();
  const { past } = useTime();
  const { areas } = useAreas();
  const query = useIncidentOf(alert.id);
  const [opening, setOpening] = useState(false);
  const incident = query.data ?? null;
  const held = incident !== null && incident.state !== "closed";
  const go = (id: string) => void navigate({ to: "/incidents/$id", params: { id } } as never);
  const act = () => (held ? go(incident.id) : opens && !past && query.isSuccess && setOpening(true));
  useKeys({ i: act });
  const why = past ? t("whyNot.past") : query.isSuccess ? null : t("loading");
  return (
    <div className="incident-of">
      {incident ? <p><Link to="/incidents/$id" params={{ id: incident.id } as never} aria-keyshortcuts={held ? "i" : undefined}>{t(held ? "incident.of" : "incident.ofClosed", { number: incident.number })}</Link></p> : null}
      {held || !opens ? null : <ActButton label={t("incident.open.do")} stroke="i" whyNot={why} onClick={act} />}
      {opening ? <OpenDialog areas={areas} alert={alert} onOpened={go} onClose={() => setOpening(false)} /> : null}
    </div>
  );
}
