// Taking in a file: a list of parts (CycloneDX) or advisories (OSV). What it is, is told by its content; what came of it, by the server.
import { Button } from "@mantine/core";
import { type ChangeEvent, useState } from "react";
import { bytes } from "../../lib/bytes";
import { figure } from "../../lib/figure";
import { ActForm } from "../../ui/ActForm";
import { Dialog } from "../../ui/Dialog";
import { Field } from "../../ui/Field";
import { useWords } from "../../ui/words";
import { useRefusal } from "./refusal";
import { type Chosen, type Unfit, type What, look } from "./upload";
import { useImport } from "./useSecurity";
import type { Imported } from "./wire";

type Look = { name: string; chosen: Chosen } | { name: string; unfit: Unfit } | null;

export function ImportDialog({ onClose }: { onClose: () => void }) {
  const { t, language } = useWords();
  const send = useImport();
  const explain = useRefusal();
  const [seen, setSeen] = useState<Look>(null);
  const [tried, setTried] = useState(false);
  const [done, setDone] = useState<{ what: What; imported: Imported } | null>(null);
  const chosen = seen && "chosen" in seen ? seen.chosen : null;
  const wrong = seen && "unfit" in seen ? seen.unfit : tried && !seen ? "security.unfit.none" : null;
  const choose = async (event: ChangeEvent<HTMLInputElement>) => {
    const file = event.target.files?.[0];
    send.reset();
    setSeen(null);
    if (!file) return;
    const found = await look(file);
    setSeen(typeof found === "string" ? { name: file.name, unfit: found } : { name: file.name, chosen: found });
  };
  if (done) return <Outcome {...done} onClose={onClose} onMore={() => { setDone(null); setSeen(null); setTried(false); send.reset(); }} />;
  const body = () => {
    setTried(true);
    return chosen;
  };
  return (
    <ActForm title={t("security.import")} what={t(chosen ? `security.importWhat.${chosen.what}` : "security.import")} about={<p>{t("security.importAbout")}</p>} send={send} body={body} explain={explain} onClose={onClose} onDone={(imported: Imported) => chosen && setDone({ what: chosen.what, imported })}>
      <Field label={t("security.file")} error={wrong ? t(wrong) : null}>
        {(id, described) => (
          // The browser's own face of this control speaks the browser's language; ours lies beneath it.
          <span className="file-choice">
            <input id={id} type="file" accept=".json,application/json" aria-invalid={described !== undefined} aria-describedby={described} onChange={(event) => void choose(event)} />
            <span className="file-face" aria-hidden="true"><span className="chip">{t("security.chooseFile")}</span><span>{seen?.name ?? t("security.noFile")}</span></span>
          </span>
        )}
      </Field>
      {chosen ? <p className="note" role="status">{t(`security.importIs.${chosen.what}`, { size: bytes(chosen.file.size, language) })}</p> : null}
    </ActForm>
  );
}

function Outcome({ what, imported, onClose, onMore }: { what: What; imported: Imported; onClose: () => void; onMore: () => void }) {
  const { t, language } = useWords();
  const counts = [["taken", imported.taken], ["passedOver", imported.passed_over], ["opened", imported.opened], ["mended", imported.mended]] as const;
  return (
    <Dialog title={t("security.imported")} onClose={onClose}>
      <div role="status">
        <p>{t(`security.importedWhat.${what}`)}</p>
        <dl className="facts import-counts">{counts.map(([name, count]) => <div key={name}><dt>{t(`security.importCount.${name}`)}</dt><dd>{figure(count, language)}</dd></div>)}</dl>
        {imported.taken === 0 ? <p className="note">⚠ {t("security.importNothing")}</p> : null}
      </div>
      <footer className="dialog-foot">
        <Button type="button" variant="default" onClick={onMore}>{t("security.importMore")}</Button>
        <Button type="submit" onClick={onClose}>{t("security.importSeen")}</Button>
      </footer>
    </Dialog>
  );
}
