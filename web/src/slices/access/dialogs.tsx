// The dialogs of the acts on one account: a right, the clearance, a new password, its end.
import { Button } from "@mantine/core";
import { useState } from "react";
import { serverNow } from "../../api/pulse";
import { ActForm } from "../../ui/ActForm";
import { Dialog } from "../../ui/Dialog";
import { useWords } from "../../ui/words";
import { ofPerson, personPath, useAct } from "./act";
import { Confirm } from "./Confirm";
import { emptyRight, rightBody, rightFaults } from "./draft";
import { ClearanceField, RightFields } from "./fields";
import type { Act } from "./may";
import { ShownOnce } from "./ShownOnce";
import { sessionsKey, tokensKey } from "./useSessions";
import type { Person } from "./wire";

interface Props {
  person: Person;
  onClose: () => void;
}

export function PersonAct({ act, person, onClose }: Props & { act: Act }) {
  const { t } = useWords();
  const { account } = person;
  const again = [...ofPerson(account), sessionsKey(account), tokensKey(account)];
  if (act === "give") return <Give person={person} onClose={onClose} />;
  if (act === "clearance") return <Clearance person={person} onClose={onClose} />;
  if (act === "password") return <NewPassword person={person} onClose={onClose} />;
  return <Confirm title={t(`people.act.${act}`)} what={t(`people.act.${act}`)} about={t(`people.about.${act}`, { account })} method="PUT" path={personPath(account, "state")} body={{ ended: act === "end" }} again={again} onClose={onClose} />;
}

function Give({ person, onClose }: Props) {
  const { t } = useWords();
  const send = useAct("POST", personPath(person.account, "rights"), ofPerson(person.account));
  const [draft, setDraft] = useState(emptyRight);
  const [tried, setTried] = useState(false);
  const wrong = rightFaults(draft, serverNow());
  const body = () => {
    setTried(true);
    return Object.keys(wrong).length > 0 ? null : rightBody(draft);
  };
  return (
    <ActForm title={t("people.act.give")} what={t("people.act.give")} about={<p>{t("people.about.give", { account: person.account })}</p>} send={send} body={body} onClose={onClose}>
      <RightFields draft={draft} onDraft={setDraft} wrong={tried ? wrong : {}} />
    </ActForm>
  );
}

function Clearance({ person, onClose }: Props) {
  const { t } = useWords();
  const send = useAct("PUT", personPath(person.account, "clearance"), ofPerson(person.account));
  const [clearance, setClearance] = useState(person.clearance);
  return (
    <ActForm title={t("people.act.clearance")} what={t("people.act.clearance")} about={<p>{t("people.about.clearance", { account: person.account })}</p>} send={send} body={() => ({ clearance })} onClose={onClose}>
      <ClearanceField value={clearance} onValue={setClearance} />
    </ActForm>
  );
}

function NewPassword({ person, onClose }: Props) {
  const { t } = useWords();
  const [password, setPassword] = useState<string | null>(null);
  if (password !== null) {
    return (
      <Dialog title={t("people.act.password")} onClose={onClose}>
        <ShownOnce label={t("people.firstPassword", { account: person.account })} lines={[password]} />
        <footer className="dialog-foot"><Button type="button" onClick={onClose}>{t("once.seen")}</Button></footer>
      </Dialog>
    );
  }
  return <Confirm<{ password: string }> title={t("people.act.password")} what={t("people.act.password")} about={t("people.about.password", { account: person.account })} method="POST" path={personPath(person.account, "password")} again={[...ofPerson(person.account), sessionsKey(person.account), tokensKey(person.account)]} onClose={onClose} onDone={(made) => setPassword(made.password)} />;
}
