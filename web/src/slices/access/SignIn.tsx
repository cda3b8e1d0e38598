// Sign-in with account and password.
import { Button, PasswordInput, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { asProblem } from "../../api/problem";
import { problemWords } from "../../ui/problemWords";
import { useWords } from "../../ui/words";
import { Door } from "./Door";
import { useEnded, useSessionActs } from "./useSession";

export function SignIn() {
  const { t } = useWords();
  const { signIn } = useSessionActs();
  const ended = useEnded();
  const [account, setAccount] = useState("");
  const [password, setPassword] = useState("");
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    setTried(true);
    if (busy || account.trim() === "" || password === "") return;
    setBusy(true);
    setError(null);
    try {
      await signIn(account.trim(), password);
    } catch (caught) {
      setError(asProblem(caught).status === 401 ? t("signIn.wrong") : problemWords(t, caught));
      setBusy(false);
    }
  };

  return (
    <Door title={t("signIn.title")} onSubmit={submit}>
      {ended ? <p role="status" className="note">{t("problem.401")}</p> : null}
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
    </Door>
  );
}
