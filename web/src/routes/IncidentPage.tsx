// The page of one incident: what it is, who works on it, its alerts, all that happened, and everything that can be done, each by one key.
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import type { Alert, Incident, Org } from "../api/wire";
import { useAreas } from "../slices/access/useAreas";
import { useOrgs } from "../slices/access/useOrgs";
import { empty } from "../slices/alert/feed";
import { useAlerts } from "../slices/alert/useAlerts";
import { AssignDialog } from "../slices/incident/AssignDialog";
import { CloseDialog, SeverityDialog, WordsDialog } from "../slices/incident/dialogs";
import { Facts } from "../slices/incident/Facts";
import { IncidentTimeline } from "../slices/incident/IncidentTimeline";
import { LinkDialog } from "../slices/incident/LinkDialog";
import { LinkedAlerts } from "../slices/incident/LinkedAlerts";
import { type Act, needs, strokes, whyNot } from "../slices/incident/may";
import { StateWords } from "../slices/incident/StateWords";
import { useIncident, useIncidentFacts } from "../slices/incident/useIncidents";
import { useOffers } from "../shell/offers";
import { useKeys } from "../shell/useKeys";
import { ActButton } from "../ui/ActButton";
import { Freshness } from "../ui/Freshness";
import { useMay } from "../ui/may";
import { useTime } from "../ui/moment";
import { Panel } from "../ui/Panel";
import { SeverityMark } from "../ui/SeverityMark";
import { Trouble } from "../ui/Trouble";
import { useWords } from "../ui/words";

const order: readonly Act[] = ["work", "note", "assign", "severity", "link", "close", "reopen"];

export function IncidentPage() {
  const { t, pick } = useWords();
  const navigate = useNavigate();
  const { id } = useParams({ strict: false }) as { id: string };
  const { past } = useTime();
  const may = useMay();
  const { areaName } = useAreas();
  const { orgs, orgName } = useOrgs();
  const query = useIncident(id);
  useIncidentFacts();
  const [acting, setActing] = useState<Act | null>(null);
  const incident = query.data ?? null;
  const why = (act: Act) => whyNot(act, incident, past);
  // A closed incident can only be reopened, and only a closed one.
  const shown = order.filter((act) => may(needs[act]) && (act === "reopen") === (incident?.state === "closed"));
  const begin = (act: Act) => why(act) === null && setActing(act);
  const offered = shown.filter((act) => why(act) === null);
  useKeys({ Escape: () => void navigate({ to: "/incidents" }), ...Object.fromEntries(shown.map((act) => [strokes[act], () => begin(act)])) });
  useOffers(offered.map((act) => ({ id: act, title: t(`incident.act.${act}.title`), stroke: strokes[act], run: () => begin(act) })));
  return (
    <main className="page incident-page">
      <Panel title={t("incident.title")} className="incident-side" stamp={<Freshness at={query.dataUpdatedAt || null} stale={120} />}>
        <div className="scroll body">
          <nav className="crumbs" aria-label={t("incident.back")}>
            <Link to="/incidents">← {t("rooms.incidents")}</Link>
            {incident?.areas[0] && may("device.read") ? <Link to="/map" search={{ area: incident.areas[0] } as never}>{t("incident.onMap")}</Link> : null}
          </nav>
          {query.isError ? <Trouble error={query.error} about={{ action: "incident.read", object: `incident/${id}` }} /> : null}
          {query.isPending ? <p className="quiet">{t("loading")}</p> : null}
          {incident ? (
            <>
              <div className="headline">
                <SeverityMark severity={incident.severity} hollow={incident.state !== "open"} size={44} />
                <div>
                  <h3>{pick(incident.title, incident.kind)}</h3>
                  <p className="quiet"><strong>{incident.number}</strong> · {t(`severity.${incident.severity}`)}</p>
                  <StateWords incident={incident} />
                </div>
              </div>
              <div role="group" aria-label={t("incident.acts")} className="acts">
                {shown.map((act) => {
                  const reason = why(act);
                  return <ActButton key={act} main={act === "work" || act === "reopen"} label={t(`incident.act.${act}.do`)} stroke={strokes[act]} whyNot={reason === null ? null : t(reason)} onClick={() => begin(act)} />;
                })}
              </div>
              <Facts incident={incident} areaName={areaName} orgName={orgName} />
              <LinkedAlerts incident={incident} way={(alert, words) => <Link to="/alerts" search={{ alert: alert.id } as never}>{words}</Link>} />
            </>
          ) : null}
        </div>
      </Panel>
      <Panel title={t("incident.timeline")} className="incident-story" stamp={<Freshness at={query.dataUpdatedAt || null} stale={120} />}>
        <div className="scroll body">{incident ? <IncidentTimeline lines={incident.timeline ?? []} orgName={orgName} /> : null}</div>
      </Panel>
      {incident && acting ? <Acting act={acting} incident={incident} orgs={orgs} areaName={areaName} onClose={() => setActing(null)} /> : null}
    </main>
  );
}

interface ActingProps {
  act: Act;
  incident: Incident;
  orgs: readonly Org[];
  areaName: (code: string) => string;
  onClose: () => void;
}

function Acting({ act, incident, orgs, areaName, onClose }: ActingProps) {
  if (act === "assign") return <AssignDialog incident={incident} orgs={orgs} onClose={onClose} />;
  if (act === "severity") return <SeverityDialog incident={incident} onClose={onClose} />;
  if (act === "close") return <CloseDialog incident={incident} onClose={onClose} />;
  if (act === "link") return <Linking incident={incident} areaName={areaName} onClose={onClose} />;
  return <WordsDialog act={act} incident={incident} onClose={onClose} />;
}

/** Open alerts of the incident's own wards and kind come first. */
function Linking({ incident, areaName, onClose }: Pick<ActingProps, "incident" | "areaName" | "onClose">) {
  const alerts = useAlerts("open").data ?? empty;
  const candidates = useMemo(() => {
    const near = (alert: Alert) => Number(alert.areas.some((area) => incident.areas.includes(area))) * 2 + Number(alert.code === incident.kind);
    return [...alerts.alerts.values()].filter((alert) => alert.state !== "cleared").sort((a, b) => near(b) - near(a) || b.severity - a.severity);
  }, [alerts, incident]);
  return <LinkDialog incident={incident} candidates={candidates} areaName={areaName} onClose={onClose} />;
}
