// The second factor of one's own account: set up, and taken away with a code of it.
import { Button } from "@mantine/core";
import { useState } from "react";
import { ActForm } from "../../ui/ActForm";
import { Freshness } from "../../ui/Freshness";
import { Panel } from "../../ui/Panel";
import { useWords } from "../../ui/words";
import { useAct } from "./act";
import { CodeField } from "./CodeField";
import { Enrol } from "./Enrol";
import { sessionsKey } from "./useSessions";
import { useSessionActs } from "./useSession";
import type { Session } from "./wire";

/** `at`: when the page last heard of the session. */
export function FactorPanel({ session, at }: { session: Session; at: number | null }) {
  const { t } = useWords();
  const { renew } = useSessionActs();
  const [removing, setRemoving] = useState(false);
  // The codes stay until they were seen, whatever the session says meanwhile.
  const [enrolling, setEnrolling] = useState(false);
  const done = () => {
    setEnrolling(false);
    void renew();
  };
  return (
    <Panel title={t("factor.title")} stamp={<Freshness at={at} stale={3_600} />}>
      <div className="body door-form">
        {session.second_factor && !enrolling ? (
          <>
            <p>✓ {t("factor.on")}</p>
            <div className="acts"><Button type="button" size="sm" variant="default" onClick={() => setRemoving(true)}>{t("factor.remove")}</Button></div>
          </>
        ) : (
          <>
            {enrolling ? null : <p className="quiet">{t("factor.off")}</p>}
            <Enrol account={session.account} onBegin={() => setEnrolling(true)} onDone={done} />
          </>
        )}
        {removing ? <Remove onClose={() => setRemoving(false)} onDone={() => { setRemoving(false); void renew(); }} /> : null}
      </div>
    </Panel>
  );
}

function Remove({ onClose, onDone }: { onClose: () => void; onDone: () => void }) {
  const { t } = useWords();
  const send = useAct("DELETE", "/api/v1/account/second-factor", [sessionsKey(null)]);
  const [code, setCode] = useState("");
  const [tried, setTried] = useState(false);
  const body = () => {
    setTried(true);
    return code.trim() === "" ? null : { code: code.trim() };
  };
  return (
    <ActForm title={t("factor.remove")} what={t("factor.remove")} about={<p className="note">{t("factor.removeAbout")}</p>} send={send} body={body} onClose={onClose} onDone={onDone}>
      <CodeField recovery value={code} onValue={setCode} tried={tried} />
    </ActForm>
  );
}
