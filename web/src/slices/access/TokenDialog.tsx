// Making an API token: what it is for, what it may do, how long; then its secret, once.
import { Button } from "@mantine/core";
import { useState } from "react";
import { serverNow } from "../../api/pulse";
import { ActForm } from "../../ui/ActForm";
import { Dialog } from "../../ui/Dialog";
import { useWords } from "../../ui/words";
import { useAct } from "./act";
import { Field } from "./fields";
import { ShownOnce } from "./ShownOnce";
import { groupsOf, lives, tokenBody, tokenFaults } from "./token";
import { useRoles } from "./useRoles";
import { type Whose, pathOf, tokensKey } from "./useSessions";
import type { MadeToken } from "./wire";

interface Props {
  whose: Whose;
  /** What the account itself may do. */
  actions: readonly string[];
  onClose: () => void;
}

export function TokenDialog({ whose, actions, onClose }: Props) {
  const { t } = useWords();
  const { titleOf } = useRoles();
  const send = useAct<MadeToken>("POST", pathOf(whose, "tokens"), [tokensKey(whose)]);
  const [title, setTitle] = useState("");
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [days, setDays] = useState<number>(30);
  const [tried, setTried] = useState(false);
  const draft = { title, actions: chosen, days };
  const wrong = tried ? tokenFaults(draft) : {};
  const body = () => {
    setTried(true);
    return Object.keys(tokenFaults(draft)).length > 0 ? null : tokenBody(draft, serverNow());
  };
  const toggle = (code: string) => setChosen(chosen.includes(code) ? chosen.filter((each) => each !== code) : [...chosen, code]);
  if (send.data) {
    return (
      <Dialog title={t("token.made")} onClose={onClose}>
        <ShownOnce label={send.data.token.title} lines={[send.data.secret]} />
        <p className="quiet">{t("token.use")}</p>
        <footer className="dialog-foot"><Button type="button" onClick={onClose}>{t("once.seen")}</Button></footer>
      </Dialog>
    );
  }
  return (
    <ActForm title={t("token.make")} what={t("token.make")} about={<p className="quiet">{t("token.about")}</p>} send={send} body={body} onClose={onClose} onDone={() => {}}>
      <Field label={t("token.title")} error={wrong.title ? t(wrong.title) : null}>{(id, described) => <input id={id} required maxLength={80} aria-invalid={wrong.title !== undefined} aria-describedby={described} value={title} onChange={(event) => setTitle(event.target.value)} />}</Field>
      <fieldset className="choices">
        <legend>{t("token.actions")}</legend>
        {wrong.actions ? <small className="field-error">{t(wrong.actions)}</small> : null}
        <div className="choices-list" tabIndex={0} role="group" aria-label={t("token.actions")}>
          {groupsOf(actions).map(({ noun, codes }) => (
            <div key={noun} className="choices-group">
              {codes.map((code) => <label key={code} className="check"><input type="checkbox" checked={chosen.includes(code)} onChange={() => toggle(code)} /> <span>{titleOf(code)} <small className="quiet">{code}</small></span></label>)}
            </div>
          ))}
        </div>
      </fieldset>
      <Field label={t("token.life")}>{(id) => <select id={id} value={days} onChange={(event) => setDays(Number(event.target.value))}>{lives.map((each) => <option key={each} value={each}>{t("token.days", { count: each })}</option>)}</select>}</Field>
    </ActForm>
  );
}
