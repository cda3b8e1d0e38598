// Setting up a second factor: the password once more, the secret for the app, a code that shows it works, the recovery codes.
import { Button, PasswordInput } from "@mantine/core";
import { useState } from "react";
import { asProblem } from "../../api/problem";
import { problemWords } from "../../ui/problemWords";
import { useWords } from "../../ui/words";
import { useAct } from "./act";
import { CodeField } from "./CodeField";
import { inFours } from "./groups";
import { ShownOnce } from "./ShownOnce";
import type { Enrolment } from "./wire";

const PATH = "/api/v1/account/second-factor";

interface Props {
  account: string;
  /** Told before the codes come, so that nothing closes over them. */
  onBegin?: () => void;
  /** The codes were seen. */
  onDone: () => void;
}

export function Enrol({ account, onBegin, onDone }: Props) {
  const { t } = useWords();
  const begin = useAct<Enrolment>("POST", PATH, []);
  const confirm = useAct<{ codes: string[] }>("PUT", PATH, []);
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [tried, setTried] = useState(false);
  const begun = begin.data;
  const error = confirm.error ?? begin.error;
  const words: Record<string, string> = { code_unfit: "factor.unfit", sign_in_failed: "factor.wrongPassword" };
  const known = error ? words[asProblem(error).code] : undefined;
  const told = known ? t(known) : error ? problemWords(t, error) : null;

  if (confirm.data) {
    return (
      <>
        <p role="status">✓ {t("factor.works")}</p>
        <ShownOnce label={t("factor.recovery")} lines={confirm.data.codes} file={`hanoi-ioc-${account}.txt`} />
        <p className="quiet">{t("factor.recoveryAbout")}</p>
        <Button type="button" size="md" onClick={onDone}>{t("factor.kept")}</Button>
      </>
    );
  }
  if (!begun) {
    const start = () => {
      setTried(true);
      if (password === "" || begin.isPending) return;
      onBegin?.();
      begin.mutate({ password }, { onSuccess: () => setTried(false), onSettled: () => setPassword("") });
    };
    return (
      <>
        <div onKeyDown={(event) => { if (event.key === "Enter") { event.preventDefault(); start(); } }}>
          <PasswordInput
            size="md"
            required
            withAsterisk={false}
            label={t("factor.password")}
            description={t("factor.passwordAbout")}
            autoComplete="current-password"
            visibilityToggleButtonProps={{ "aria-label": t("signIn.show") }}
            error={tried && password === "" && !told ? t("signIn.noPassword") : null}
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
        </div>
        {told ? <p role="alert" className="error">{told}</p> : null}
        <Button type="button" size="md" loading={begin.isPending} onClick={start}>{t("factor.begin")}</Button>
      </>
    );
  }
  const send = () => {
    setTried(true);
    if (code.trim() !== "" && !confirm.isPending) confirm.mutate({ code: code.trim() });
  };
  return (
    <>
      <ol className="steps">
        <li>
          {t("factor.step1")} <a href={begun.address}>{t("factor.openApp")}</a>
          <dl className="facts secret">
            <div><dt>{t("factor.secret")}</dt><dd><code translate="no">{inFours(begun.secret)}</code></dd></div>
            <div><dt>{t("factor.kind")}</dt><dd>{t("factor.kindIs")}</dd></div>
          </dl>
          <details className="technical"><summary>{t("factor.address")}</summary><code translate="no">{begun.address}</code></details>
        </li>
        <li>{t("factor.step2")}</li>
      </ol>
      <div onKeyDown={(event) => { if (event.key === "Enter") { event.preventDefault(); send(); } }}>
        <CodeField value={code} onValue={setCode} tried={tried} />
      </div>
      {told ? <p role="alert" className="error">{told}</p> : null}
      <Button type="button" size="md" loading={confirm.isPending} onClick={send}>{t("factor.confirm")}</Button>
    </>
  );
}
