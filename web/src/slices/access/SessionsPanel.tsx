// Where an account is signed in, each with the way to end it.
import { Button } from "@mantine/core";
import { useState } from "react";
import { ago, moment } from "../../lib/age";
import { useServerNow } from "../../ui/clock";
import { Freshness } from "../../ui/Freshness";
import { Panel } from "../../ui/Panel";
import { Trouble } from "../../ui/Trouble";
import { useWords } from "../../ui/words";
import { Confirm } from "./Confirm";
import { type Whose, pathOf, sessionsKey, useSessions } from "./useSessions";
import type { OpenSession } from "./wire";

export function SessionsPanel({ whose, ends }: { whose: Whose; ends: boolean }) {
  const { t, language } = useWords();
  const now = useServerNow();
  const query = useSessions(whose);
  const [ending, setEnding] = useState<OpenSession | null>(null);
  const sessions = [...(query.data?.items ?? [])].sort((a, b) => Number(b.present) - Number(a.present) || Date.parse(b.seen) - Date.parse(a.seen));
  return (
    <Panel title={t("sessions.title")} stamp={<Freshness at={query.dataUpdatedAt || null} stale={180} />}>
      <div className="body">
        {query.isError ? <Trouble error={query.error} /> : null}
        {query.isPending ? <p className="quiet">{t("loading")}</p> : null}
        {query.data && sessions.length === 0 ? <p className="quiet">{t("sessions.none")}</p> : null}
        <ul className="cards" aria-label={t("sessions.title")}>
          {sessions.map((each) => (
            <li key={each.id}>
              <div>
                <strong>{each.from || t("sessions.fromNowhere")}</strong>
                <small className="quiet">{each.present ? `✓ ${t("sessions.present")} · ` : ""}{t("sessions.since", { at: moment(Date.parse(each.since), now) })} · {t("sessions.seen", { ago: ago(Date.parse(each.seen), now, language) })}{each.second_factor ? ` · ${t("sessions.factor")}` : ""}</small>
              </div>
              {ends && !each.present ? <Button type="button" size="xs" variant="default" aria-label={t("sessions.endOf", { from: each.from })} onClick={() => setEnding(each)}>{t("sessions.end")}</Button> : null}
            </li>
          ))}
        </ul>
        {ending ? <Confirm title={t("sessions.end")} what={t("sessions.end")} about={t("sessions.endAbout", { from: ending.from, since: moment(Date.parse(ending.since), now) })} method="DELETE" path={pathOf(whose, "sessions", ending.id)} again={[sessionsKey(whose)]} onClose={() => setEnding(null)} /> : null}
      </div>
    </Panel>
  );
}
