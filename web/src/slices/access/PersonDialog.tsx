// Making an account: a person, who gets a first password to change, or another system.
import { Button } from "@mantine/core";
import { useState } from "react";
import { serverNow } from "../../api/pulse";
import { ActForm } from "../../ui/ActForm";
import { Dialog } from "../../ui/Dialog";
import { useMay } from "../../ui/may";
import { useWords } from "../../ui/words";
import { useAct } from "./act";
import { emptyRight, nameFault, personBody, rightFaults } from "./draft";
import { ClearanceField, Field, RightFields } from "./fields";
import { ShownOnce } from "./ShownOnce";
import type { Classification, MadePerson } from "./wire";

export function PersonDialog({ onMade, onClose }: { onMade: (account: string) => void; onClose: () => void }) {
  const { t } = useWords();
  const may = useMay();
  const send = useAct<MadePerson>("POST", "/api/v1/people", [["people"], ["review"]]);
  const [account, setAccount] = useState("");
  const [kind, setKind] = useState<"person" | "service">("person");
  const [clearance, setClearance] = useState<Classification>("internal");
  const [right, setRight] = useState(emptyRight);
  const [tried, setTried] = useState(false);
  const badName = nameFault(account.trim());
  const wrong = rightFaults(right, serverNow(), true);
  const body = () => {
    setTried(true);
    return badName || Object.keys(wrong).length > 0 ? null : personBody(account.trim(), kind, clearance, right);
  };
  const made = send.data;
  if (made) {
    return (
      <Dialog title={t("people.made")} onClose={() => onMade(made.person.account)}>
        {made.password ? <ShownOnce label={t("people.firstPassword", { account: made.person.account })} lines={[made.password]} /> : <p>{t("people.madeService", { account: made.person.account })}</p>}
        <footer className="dialog-foot"><Button type="button" onClick={() => onMade(made.person.account)}>{t("once.seen")}</Button></footer>
      </Dialog>
    );
  }
  return (
    <ActForm title={t("people.make")} what={t("people.make")} about={null} send={send} body={body} onClose={onClose} onDone={() => {}}>
      <Field label={t("people.name")} error={tried && badName ? t(badName) : null} hint={t("people.nameAbout")}>{(id, described) => <input id={id} required maxLength={64} autoCapitalize="none" spellCheck={false} autoComplete="off" aria-invalid={tried && badName !== null} aria-describedby={described} value={account} onChange={(event) => setAccount(event.target.value)} />}</Field>
      {may("service.keep") ? <Field label={t("people.kindLabel")}>{(id) => <select id={id} value={kind} onChange={(event) => setKind(event.target.value as typeof kind)}><option value="person">{t("people.kind.person")}</option><option value="service">{t("people.kind.service")}</option></select>}</Field> : null}
      <ClearanceField value={clearance} onValue={setClearance} />
      {may("right.keep") ? <RightFields draft={right} onDraft={setRight} wrong={tried ? wrong : {}} optional /> : null}
    </ActForm>
  );
}
