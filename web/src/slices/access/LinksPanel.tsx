// Who the person is at other providers, each with the way to take the link away, and a form for a new one.
import { Button } from "@mantine/core";
import { useState } from "react";
import { moment } from "../../lib/age";
import { ActForm } from "../../ui/ActForm";
import { useServerNow } from "../../ui/clock";
import { useWords } from "../../ui/words";
import { ofPerson, personPath, useAct } from "./act";
import { Confirm } from "./Confirm";
import { Field } from "./fields";
import { useActorNames } from "./usePeople";
import { useProviders } from "./useProviders";
import { sessionsKey } from "./useSessions";
import type { Link, Person, Provider } from "./wire";

interface Props {
  person: Person;
  /** Whether linking and its end are offered. */
  links: boolean;
}

export function LinksPanel({ person, links }: Props) {
  const { t, pick } = useWords();
  const now = useServerNow();
  const providers = useProviders();
  const { actorName } = useActorNames();
  const [making, setMaking] = useState(false);
  const [ending, setEnding] = useState<Link | null>(null);
  // Where nobody can come from elsewhere, nothing is said of it.
  if (providers.length === 0 && person.links.length === 0) return null;
  const nameOf = (link: Link) => pick(providers.find((each) => each.id === link.provider)?.title, link.provider);
  const words = (link: Link) => `${nameOf(link)}: ${link.subject}`;
  return (
    <>
      <h3 className="sub">{t("link.list")}</h3>
      {person.links.length === 0 ? <p className="quiet">{t("link.none")}</p> : null}
      <ul className="cards" aria-label={t("link.list")}>
        {person.links.map((link) => (
          <li key={link.id}>
            <div>
              <strong>{nameOf(link)}</strong>
              <span translate="no">{link.subject}</span>
              <small className="quiet">{t("link.made", { at: moment(Date.parse(link.at), now), by: actorName(link.by) })}</small>
            </div>
            {links ? <Button type="button" size="xs" variant="default" aria-label={t("link.endOf", { link: words(link) })} onClick={() => setEnding(link)}>{t("link.end")}</Button> : null}
          </li>
        ))}
      </ul>
      {links && providers.length > 0 && person.kind === "person" ? <Button type="button" size="sm" variant="default" onClick={() => setMaking(true)}>{t("link.make")}</Button> : null}
      {making ? <Make person={person} providers={providers} onClose={() => setMaking(false)} /> : null}
      {ending ? <Confirm title={t("link.end")} what={t("link.end")} about={t("link.endAbout", { account: person.account, link: words(ending) })} method="DELETE" path={personPath(person.account, "links", ending.id)} again={[...ofPerson(person.account), sessionsKey(person.account)]} onClose={() => setEnding(null)} /> : null}
    </>
  );
}

function Make({ person, providers, onClose }: { person: Person; providers: readonly Provider[]; onClose: () => void }) {
  const { t, pick } = useWords();
  const send = useAct("POST", personPath(person.account, "links"), ofPerson(person.account));
  const [provider, setProvider] = useState(providers[0]?.id ?? "");
  const [subject, setSubject] = useState("");
  const [tried, setTried] = useState(false);
  const missing = subject.trim() === "";
  const body = () => {
    setTried(true);
    return missing ? null : { provider, subject: subject.trim() };
  };
  return (
    <ActForm title={t("link.make")} what={t("link.make")} about={<p>{t("link.about", { account: person.account })}</p>} send={send} body={body} onClose={onClose}>
      <Field label={t("link.provider")}>{(id) => <select id={id} value={provider} onChange={(event) => setProvider(event.target.value)}>{providers.map((each) => <option key={each.id} value={each.id}>{pick(each.title, each.id)}</option>)}</select>}</Field>
      <Field label={t("link.subject")} hint={t("link.subjectAbout")} error={tried && missing ? t("link.noSubject") : null}>{(id, described) => <input id={id} required maxLength={255} autoCapitalize="none" spellCheck={false} autoComplete="off" aria-invalid={tried && missing} aria-describedby={described} value={subject} onChange={(event) => setSubject(event.target.value)} />}</Field>
    </ActForm>
  );
}
