// Sign-in with account and password, and with a code where the account has a second factor.
import { Button, PasswordInput, TextInput } from "@mantine/core";
import { type FormEvent, useEffect, useState } from "react";
import { asProblem } from "../../api/problem";
import { problemWords } from "../../ui/problemWords";
import { useWords } from "../../ui/words";
import { CodeField } from "./CodeField";
import { Door } from "./Door";
import { Providers } from "./Providers";
import { turnOf } from "./useProviders";
import { useEnded, useSessionActs } from "./useSession";

export default function SignIn() {
  const { t } = useWords();
  const { signIn } = useSessionActs();
  const ended = useEnded();
  /** Why a sign-in at a provider came to nothing; said once, a reload forgets it. */
  const [turned] = useState(() => turnOf(window.location.search));
  useEffect(() => {
    if (turned) window.history.replaceState(window.history.state, "", window.location.pathname);
  }, [turned]);
  const [account, setAccount] = useState("");
  const [password, setPassword] = useState("");
  /** Null until the server asks for one. */
  const [code, setCode] = useState<string | null>(null);
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    setTried(true);
    if (busy || account.trim() === "" || password === "" || code?.trim() === "") return;
    setBusy(true);
    setError(null);
    try {
      await signIn(account.trim(), password, code?.trim());
    } catch (caught) {
      const problem = asProblem(caught);
      setBusy(false);
      if (problem.code === "second_factor_needed") {
        setCode("");
        setTried(false);
      } else setError(problem.status === 401 ? t(code === null ? "signIn.wrong" : "signIn.wrongCode") : problemWords(t, caught));
    }
  };
  const back = () => {
    setCode(null);
    setPassword("");
    setTried(false);
    setError(null);
  };

  if (code !== null) {
    return (
      <Door title={t("signIn.codeTitle")} about={t("signIn.codeAbout", { account: account.trim() })} onSubmit={submit}>
        <CodeField recovery value={code} onValue={setCode} tried={tried} />
        {error ? <p role="alert" className="error">{error}</p> : null}
        <Button type="submit" size="md" fullWidth loading={busy}>{t("signIn.do")}</Button>
        <Button type="button" variant="subtle" onClick={back}>{t("signIn.back")}</Button>
      </Door>
    );
  }
  return (
    <Door title={t("signIn.title")} onSubmit={submit}>
      {ended ? <p role="status" className="note">{t("problem.401")}</p> : null}
      {turned ? <p role="alert" className="error">{t(`signIn.turned.${turned}`)}</p> : null}
      <TextInput
        size="md"
        autoFocus
        required
        withAsterisk={false}
        label={t("signIn.account")}
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        error={tried && account.trim() === "" ? t("signIn.noAccount") : null}
        value={account}
        onChange={(event) => setAccount(event.currentTarget.value)}
      />
      <PasswordInput
        size="md"
        required
        withAsterisk={false}
        label={t("signIn.password")}
        autoComplete="current-password"
        visibilityToggleButtonProps={{ "aria-label": t("signIn.show") }}
        error={tried && password === "" ? t("signIn.noPassword") : null}
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      {error ? <p role="alert" className="error">{error}</p> : null}
      <Button type="submit" size="md" fullWidth loading={busy}>
        {t("signIn.do")}
      </Button>
      <Providers />
    </Door>
  );
}
