// One account: how it stands, what it may, and everything that can be done with it.
import { type ReactNode, useState } from "react";
import { moment } from "../../lib/age";
import { ActButton } from "../../ui/ActButton";
import { useServerNow } from "../../ui/clock";
import { useMay } from "../../ui/may";
import { useTime } from "../../ui/moment";
import { useWords } from "../../ui/words";
import { PersonAct } from "./dialogs";
import { LinksPanel } from "./LinksPanel";
import { type Act, isOneself, needs, whyNot } from "./may";
import { RightsPanel } from "./RightsPanel";
import { standingOf } from "./sift";
import type { Person } from "./wire";

interface Props {
  person: Person;
  me: string;
  /** The way to one's own account, where the person is oneself. */
  own: ReactNode;
}

export function PersonPanel({ person, me, own }: Props) {
  const { t } = useWords();
  const { past } = useTime();
  const may = useMay();
  const now = useServerNow();
  const [acting, setActing] = useState<Act | null>(null);
  const standing = standingOf(person, now);
  const ended = standing === "ended";
  const oneself = isOneself(person, me);
  const shown = (["give", "clearance", "password", ended ? "open" : "end"] as const).filter((act) => !oneself && may(needs[act]));
  const why = (act: Act) => whyNot(act, person, ended, past);
  const words = (key: string | null) => (key === null ? null : t(key));
  return (
    <>
      <div className="person-head">
        <h3>{person.account}</h3>
        <p className="quiet">{t(`people.kind.${person.kind}`)} · <code>{person.actor}</code></p>
        <span className={`state person-${standing}`}>{t(`people.standing.${standing}`)}</span>
      </div>
      {oneself ? <p className="note">{t("people.oneself")} {own}</p> : null}
      {shown.length > 0 ? <div role="group" aria-label={t("people.acts")} className="acts">{shown.map((act) => <ActButton key={act} main={act === "give"} label={t(`people.act.${act}`)} whyNot={words(why(act))} onClick={() => setActing(act)} />)}</div> : null}
      <dl className="facts">
        <div><dt>{t("people.clearance")}</dt><dd>{t(`classification.${person.clearance}`)}</dd></div>
        <div><dt>{t("factor.title")}</dt><dd>{t(person.second_factor ? "people.factor" : "people.noFactor")}</dd></div>
        {person.must_change_password ? <div><dt>{t("signIn.password")}</dt><dd>{t("people.mustChange")}</dd></div> : null}
        {standing === "locked" && person.locked_until ? <div><dt>{t("people.standing.locked")}</dt><dd>{t("people.lockedUntil", { at: moment(Date.parse(person.locked_until), now) })}</dd></div> : null}
        {person.ended ? <div><dt>{t(ended ? "people.endedAt" : "people.endsAt")}</dt><dd>{moment(Date.parse(person.ended), now)}</dd></div> : null}
      </dl>
      <RightsPanel person={person} withdraws={may("right.keep") && !oneself && !past} />
      <LinksPanel person={person} links={may("person.keep") && !oneself && !past} />
      {acting ? <PersonAct act={acting} person={person} onClose={() => setActing(null)} /> : null}
    </>
  );
}
