// The field of words that the dialogs about incidents have, with its limit.
import { Field } from "../../ui/Field";
import { useWords } from "../../ui/words";
import { MOST_BYTES, wrongWords } from "./limits";

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
