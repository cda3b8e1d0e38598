// The fields of a change of password, at the door and on the page of one's own account.
import { Button, PasswordInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { asProblem } from "../../api/problem";
import { problemWords } from "../../ui/problemWords";
import { useWords } from "../../ui/words";
import { type Fields, faults } from "./password";
import { useSessionActs } from "./useSession";

const empty: Fields = { old: "", fresh: "", again: "" };

export function PasswordForm({ account, label, onDone }: { account: string; label: string; onDone?: () => void }) {
  const { t } = useWords();
  const { changePassword } = useSessionActs();
  const [fields, setFields] = useState(empty);
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const wrong = faults(fields);

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    setTried(true);
    if (busy || Object.keys(wrong).length > 0) return;
    setBusy(true);
    setError(null);
    try {
      await changePassword(fields.old, fields.fresh);
      setFields(empty);
      setTried(false);
      setBusy(false);
      onDone?.();
    } catch (caught) {
      setError(asProblem(caught).code === "sign_in_failed" ? t("password.wrongOld") : asProblem(caught).code === "password_unfit" ? t("password.unfit") : problemWords(t, caught));
      setBusy(false);
    }
  };

  const field = (name: keyof Fields, complete: string) => {
    const fault = tried ? wrong[name] : undefined;
    return (
      <PasswordInput
        size="md"
        required
        withAsterisk={false}
        autoFocus={onDone === undefined && name === "old"}
        label={t(`password.${name}`)}
        autoComplete={complete}
        visibilityToggleButtonProps={{ "aria-label": t("signIn.show") }}
        error={fault ? t(fault) : null}
        value={fields[name]}
        onChange={(event) => setFields({ ...fields, [name]: event.currentTarget.value })}
      />
    );
  };

  return (
    <form className="door-form" aria-label={label} noValidate onSubmit={submit}>
      <input type="text" name="username" autoComplete="username" value={account} readOnly hidden />
      {field("old", "current-password")}
      {field("fresh", "new-password")}
      {field("again", "new-password")}
      {error ? <p role="alert" className="error">{error}</p> : null}
      <Button type="submit" size="md" fullWidth loading={busy}>
        {t("password.do")}
      </Button>
    </form>
  );
}
