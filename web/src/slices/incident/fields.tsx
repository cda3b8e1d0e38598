// Fields of the dialogs: labelled, with the error under them, in the browser's own controls.
import { type ReactNode, useId } from "react";
import { useWords } from "../../ui/words";
import { MOST_BYTES, wrongWords } from "./limits";

interface FieldProps {
  label: string;
  error?: string | null;
  children: (id: string, described: string | undefined) => ReactNode;
}

export function Field({ label, error, children }: FieldProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children(id, error ? `${id}-error` : undefined)}
      {error ? <small id={`${id}-error`} className="field-error">{error}</small> : null}
    </div>
  );
}

interface WordsProps {
  label: string;
  value: string;
  onValue: (text: string) => void;
  /** Whether somebody has tried to send it. */
  tried?: boolean;
  required?: boolean;
}

export function WordsArea({ label, value, onValue, tried = false, required = false }: WordsProps) {
  const { t } = useWords();
  const wrong = wrongWords(value, required);
  return (
    <Field label={label} error={tried && wrong ? t(wrong, { most: MOST_BYTES }) : null}>
      {(id, described) => <textarea id={id} rows={3} required={required} aria-invalid={described !== undefined} aria-describedby={described} value={value} onChange={(event) => onValue(event.target.value)} />}
    </Field>
  );
}
