// One alert in full: what, where, figures, who has it, what can be done, what happened.
import type { ReactNode } from "react";
import type { Alert } from "../../api/wire";
import { ActButton } from "../../ui/ActButton";
import { Freshness } from "../../ui/Freshness";
import { useMay } from "../../ui/may";
import { useTime } from "../../ui/moment";
import { Panel } from "../../ui/Panel";
import { SeverityMark } from "../../ui/SeverityMark";
import { Trouble } from "../../ui/Trouble";
import { useWords } from "../../ui/words";
import { StateWords } from "./AlertRow";
import { Details } from "./Details";
import { Figures } from "./Figures";
import { HeldBy } from "./HeldBy";
import { type Act, needs, whyNot } from "./may";
import { Timeline } from "./Timeline";
import { useAlert } from "./useAlerts";

interface Props {
  id: string;
  /** What the list already knows, to show at once. */
  known: Alert | null;
  areaName: (code: string) => string;
  onAct: (act: Act, alert: Alert) => void;
  onDevice: (id: string) => void;
  onClose: () => void;
  /** What stands under the acts: what other rooms know of the alert. */
  extra?: (alert: Alert) => ReactNode;
}

export function AlertPanel({ id, known, areaName, onAct, onDevice, onClose, extra }: Props) {
  const { t, pick } = useWords();
  const query = useAlert(id);
  const { past } = useTime();
  const may = useMay();
  const full = query.data ?? null;
  const alert = full && known && known.version > full.version ? { ...known, timeline: full.timeline ?? [], ...(full.held_by ? { held_by: full.held_by } : {}) } : (full ?? known);
  const act = (name: Act, stroke?: string) => {
    if (!may(needs[name])) return null;
    const reason = past ? "whyNot.past" : whyNot(name, alert);
    return <ActButton main={name === "acknowledge"} label={t(`act.${name}.do`)} whyNot={reason === null ? null : t(reason)} onClick={() => alert && onAct(name, alert)} {...(stroke ? { stroke } : {})} />;
  };
  return (
    <Panel title={t("alert.title")} className="detail" onClose={onClose} stamp={<Freshness at={query.dataUpdatedAt || null} stale={3_600} obeys />}>
      <div className="scroll body">
        {query.isError ? <Trouble error={query.error} about={{ action: "alert.read", object: `alert/${id}` }} /> : null}
        {alert ? (
          <>
            <div className="headline">
              <SeverityMark severity={alert.severity} hollow={alert.state !== "raised"} size={44} />
              <div>
                <h3>{pick(alert.title, alert.code)}</h3>
                <p className="quiet">{t(`severity.${alert.severity}`)}</p>
                <StateWords alert={alert} />
              </div>
            </div>
            {alert.shelved ? <p className="note">{t("state.shelvedReason", { reason: alert.shelved.reason })}</p> : null}
            {Object.values(needs).some(may) ? (
              <div role="group" aria-label={t("alert.acts")} className="acts">
                {act("acknowledge", "a")}
                {alert.state === "shelved" ? act("unshelve") : act("shelve", "s")}
                {act("comment", "c")}
              </div>
            ) : null}
            {extra?.(alert)}
            <Figures alert={alert} />
            <dl className="facts">
              <div><dt>{t("alert.area")}</dt><dd>{alert.areas.map(areaName).join(", ") || t("noPlace")}</dd></div>
              <div>
                <dt>{t("alert.device")}</dt>
                <dd>{alert.device ? <button type="button" className="link" onClick={() => alert.device && onDevice(alert.device)}>{alert.device}</button> : "–"}</dd>
              </div>
              {typeof alert.params.legal === "string" ? <div><dt>{t("alert.ground")}</dt><dd>{alert.params.legal}</dd></div> : null}
            </dl>
            <HeldBy alert={alert} onDevice={onDevice} />
            <h3 className="sub">{t("alert.timeline")}</h3>
            {full ? <Timeline entries={full.timeline ?? []} /> : <p className="quiet">{t("loading")}</p>}
            <Details alert={alert} />
          </>
        ) : query.isError ? null : <p className="quiet">{t(query.isPending ? "loading" : "alert.notYet")}</p>}
      </div>
    </Panel>
  );
}
