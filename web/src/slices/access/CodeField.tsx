// The field for a code of the authenticator app, or a recovery code.
import { TextInput } from "@mantine/core";
import { useWords } from "../../ui/words";

interface Props {
  value: string;
  onValue: (code: string) => void;
  /** Whether somebody has tried to send it. */
  tried: boolean;
  /** A recovery code is taken as well. */
  recovery?: boolean;
}

export function CodeField({ value, onValue, tried, recovery = false }: Props) {
  const { t } = useWords();
  return (
    <TextInput
      size="md"
      autoFocus
      required
      withAsterisk={false}
      label={t(recovery ? "factor.codeOrRecovery" : "factor.code")}
      autoComplete="one-time-code"
      inputMode={recovery ? "text" : "numeric"}
      autoCapitalize="none"
      spellCheck={false}
      maxLength={32}
      error={tried && value.trim() === "" ? t("factor.noCode") : null}
      value={value}
      onChange={(event) => onValue(event.currentTarget.value)}
    />
  );
}
