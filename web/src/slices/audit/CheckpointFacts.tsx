// What a checkpoint says: whose log, how many records, the root, who signed.
import { figure } from "../../lib/figure";
import { useWords } from "../../ui/words";
import { checkpointOf } from "./proof";

export function CheckpointFacts({ note }: { note: string }) {
  const { t, language } = useWords();
  const checkpoint = checkpointOf(note);
  if (!checkpoint) return <pre className="entry">{note}</pre>;
  return (
    <dl className="facts">
      <div><dt>{t("audit.origin")}</dt><dd><code>{checkpoint.origin}</code></dd></div>
      <div><dt>{t("audit.size")}</dt><dd>{figure(checkpoint.size, language)}</dd></div>
      <div><dt>{t("audit.root")}</dt><dd><code>{checkpoint.root}</code></dd></div>
      {checkpoint.signatures.map((line) => <div key={line}><dt>{t("audit.signature")}</dt><dd><code>{line.slice(2)}</code></dd></div>)}
    </dl>
  );
}
