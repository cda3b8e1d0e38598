// The fields of a search in the trail. It is asked on Enter or with the button: each question is a record, too.
import { Button } from "@mantine/core";
import { type FormEvent, useEffect, useId, useState } from "react";
import { fromField, toField } from "../../lib/age";
import { useWords } from "../../ui/words";
import type { Sieve } from "./sieve";
import { type AuditClass, type Outcome, classes, outcomes } from "./wire";

interface Props {
  sieve: Sieve;
  /** Accounts to choose from. */
  accounts: readonly string[];
  onSieve: (sieve: Sieve) => void;
}

export const FIRST_ID = "audit-who";
const field = (at: string | undefined) => (at ? toField(Date.parse(at)) : "");
const instant = (text: string) => {
  const at = text === "" ? null : fromField(text);
  return at === null ? undefined : new Date(at).toISOString();
};

export function AuditFilter({ sieve, accounts, onSieve }: Props) {
  const { t } = useWords();
  const list = useId();
  const [draft, setDraft] = useState(sieve);
  const [from, setFrom] = useState(() => field(sieve.from));
  const [to, setTo] = useState(() => field(sieve.to));
  const key = JSON.stringify(sieve);
  // Another address, such as the way back, brings its own question.
  useEffect(() => {
    setDraft(sieve);
    setFrom(field(sieve.from));
    setTo(field(sieve.to));
  }, [key]);
  const wrong = from !== "" && to !== "" && from >= to;
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (!wrong) onSieve({ ...draft, from: instant(from), to: instant(to) } as Sieve);
  };
  const text = (name: "act" | "target" | "source") => <input type="search" aria-label={t(`audit.${name}`)} placeholder={t(`audit.${name}`)} autoComplete="off" spellCheck={false} maxLength={200} value={draft[name] ?? ""} onChange={(event) => setDraft({ ...draft, [name]: event.target.value })} />;
  return (
    <form className="sieve audit-sieve" role="search" aria-label={t("audit.filter")} onSubmit={submit}>
      <input id={FIRST_ID} type="search" list={list} aria-label={t("audit.who")} aria-keyshortcuts="f" placeholder={t("audit.who")} autoComplete="off" spellCheck={false} maxLength={200} value={draft.who ?? ""} onChange={(event) => setDraft({ ...draft, who: event.target.value })} />
      <datalist id={list}>{accounts.map((account) => <option key={account} value={account} />)}</datalist>
      {text("act")}
      {text("target")}
      {text("source")}
      <select aria-label={t("audit.outcome")} value={draft.outcome ?? ""} onChange={(event) => setDraft({ ...draft, outcome: (event.target.value || undefined) as Outcome })}>
        <option value="">{t("audit.anyOutcome")}</option>
        {outcomes.map((each) => <option key={each} value={each}>{t(`audit.outcomes.${each}`)}</option>)}
      </select>
      <select aria-label={t("audit.class")} value={draft.class ?? ""} onChange={(event) => setDraft({ ...draft, class: (event.target.value || undefined) as AuditClass })}>
        <option value="">{t("audit.anyClass")}</option>
        {classes.map((each) => <option key={each} value={each}>{t(`audit.classes.${each}`)}</option>)}
      </select>
      <label className="audit-time">{t("audit.from")} <input type="datetime-local" value={from} onChange={(event) => setFrom(event.target.value)} /></label>
      <label className="audit-time">{t("audit.to")} <input type="datetime-local" aria-invalid={wrong} value={to} onChange={(event) => setTo(event.target.value)} /></label>
      <Button type="submit" size="sm">{t("audit.search")}</Button>
      {wrong ? <small role="alert" className="field-error">{t("audit.badTimes")}</small> : null}
    </form>
  );
}
