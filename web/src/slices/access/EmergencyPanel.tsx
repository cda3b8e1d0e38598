// The emergency account (break-glass): each of two people asks for it, and the second gets its password, once.
import { Button } from "@mantine/core";
import { useState } from "react";
import type { components } from "../../api/schema";
import { clockTime } from "../../lib/age";
import { ActForm } from "../../ui/ActForm";
import { useServerNow } from "../../ui/clock";
import { useMay } from "../../ui/may";
import { useTime } from "../../ui/moment";
import { Panel } from "../../ui/Panel";
import { useWords } from "../../ui/words";
import { useAct } from "./act";
import { EmergencyState, emergencyKey } from "./EmergencyState";
import { Field } from "./fields";
import { ShownOnce } from "./ShownOnce";

type Unlocking = components["schemas"]["UnlockView"];

/** Nothing for whom it is not permitted. */
export function EmergencyPanel() {
  const { t } = useWords();
  const may = useMay();
  const now = useServerNow();
  const { past } = useTime();
  const [asking, setAsking] = useState(false);
  const [told, setTold] = useState<Unlocking | null>(null);
  if (!may("emergency.unlock")) return null;
  const until = told ? Date.parse(told.until) : 0;
  const at = clockTime(until).slice(0, 5);
  const waits = told?.state === "waits";
  return (
    <Panel title={t("emergency.title")}>
      <div className="body">
        <p>{t("emergency.about")}</p>
        <ol className="emergency-steps">{(["first", "second", "after"] as const).map((step) => <li key={step}>{t(`emergency.step.${step}`)}</li>)}</ol>
        <EmergencyState />
        {waits && until <= now ? <p role="status" className="note">{t("emergency.tooLate", { at })}</p> : null}
        {told?.password ? <div role="status"><p className="note">⚠ {t("emergency.open", { at, account: told.account })}</p><ShownOnce label={t("emergency.password", { account: told.account })} lines={[told.password]} /></div> : null}
        <div className="acts">
          {told?.password ? <Button type="button" size="sm" variant="default" onClick={() => setTold(null)}>{t("once.seen")}</Button> : past ? <p className="quiet">{t("whyNot.past")}</p> : <Button type="button" size="sm" onClick={() => setAsking(true)}>{t("emergency.ask")}</Button>}
        </div>
      </div>
      {asking ? <AskDialog onClose={() => setAsking(false)} onTold={(answer) => { setTold(answer); setAsking(false); }} /> : null}
    </Panel>
  );
}

function AskDialog({ onClose, onTold }: { onClose: () => void; onTold: (answer: Unlocking) => void }) {
  const { t } = useWords();
  const send = useAct<Unlocking>("POST", "/api/v1/emergency/unlock", [["people"], emergencyKey]);
  const [reason, setReason] = useState("");
  const [tried, setTried] = useState(false);
  const length = [...reason.trim()].length;
  const wrong = length < 10 || length > 500;
  const body = () => {
    setTried(true);
    return wrong ? null : { reason: reason.trim() };
  };
  return (
    <ActForm title={t("emergency.ask")} what={t("emergency.ask")} about={<p>{t("emergency.askAbout")}</p>} send={send} body={body} onClose={onClose} onDone={onTold}>
      <Field label={t("emergency.reason")} error={tried && wrong ? t("emergency.badReason") : null}>{(id, described) => <textarea id={id} rows={3} required maxLength={500} aria-invalid={tried && wrong} aria-describedby={described} value={reason} onChange={(event) => setReason(event.target.value)} />}</Field>
    </ActForm>
  );
}
