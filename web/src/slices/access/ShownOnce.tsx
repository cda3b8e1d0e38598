// Something secret that the server shows once: to be copied or written down, then gone.
import { Button } from "@mantine/core";
import { useState } from "react";
import { download } from "../../ui/download";
import { useWords } from "../../ui/words";

interface Props {
  label: string;
  lines: readonly string[];
  /** The name of a file to keep it in; without one there is only copying. */
  file?: string;
}

export function ShownOnce({ label, lines, file }: Props) {
  const { t } = useWords();
  const [copied, setCopied] = useState(false);
  const text = lines.join("\n");
  // Browsers give the clipboard to pages that came over TLS, or from this machine.
  const canCopy = typeof navigator.clipboard?.writeText === "function";
  return (
    <div className="once">
      <p className="note">⚠ {t("once.about")}</p>
      <p className="sub">{label}</p>
      <ul className="once-lines" aria-label={label}>{lines.map((line) => <li key={line}><code translate="no">{line}</code></li>)}</ul>
      <div className="acts">
        {canCopy ? <Button type="button" size="sm" variant="default" onClick={() => void navigator.clipboard.writeText(text).then(() => setCopied(true), () => setCopied(false))}>{t("once.copy")}</Button> : null}
        {file ? <Button type="button" size="sm" variant="default" onClick={() => download(file, `${text}\n`, "text/plain;charset=utf-8")}>{t("once.save")}</Button> : null}
        <span role="status" className="quiet">{copied ? t("once.copied") : ""}</span>
      </div>
    </div>
  );
}
