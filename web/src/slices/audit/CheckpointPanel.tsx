// The newest checkpoint: to be kept elsewhere, so that later one can tell whether anything before it was changed.
import { Button } from "@mantine/core";
import { download } from "../../ui/download";
import { Freshness } from "../../ui/Freshness";
import { Panel } from "../../ui/Panel";
import { Trouble } from "../../ui/Trouble";
import { useWords } from "../../ui/words";
import { CheckpointFacts } from "./CheckpointFacts";
import { checkpointOf } from "./proof";
import { useCheckpoint } from "./useAudit";

export function CheckpointPanel({ onClose }: { onClose: () => void }) {
  const { t } = useWords();
  const query = useCheckpoint();
  const note = query.data;
  return (
    <Panel title={t("audit.checkpoint")} className="detail" onClose={onClose} stamp={<Freshness at={query.dataUpdatedAt || null} stale={3_600} />}>
      <div className="scroll body">
        <p className="quiet">{t("audit.checkpointAbout")}</p>
        {query.isPending ? <p className="quiet">{t("loading")}</p> : null}
        {query.isError ? <Trouble error={query.error} about={{ action: "audit.read" }} /> : null}
        {note ? (
          <>
            <CheckpointFacts note={note.text} />
            {note.head ? <dl className="facts"><div><dt>{t("audit.key")}</dt><dd><code>{note.head}</code></dd></div></dl> : null}
            <h3 className="sub">{t("audit.note")}</h3>
            <pre className="entry" role="region" tabIndex={0} aria-label={t("audit.note")}>{note.text}</pre>
          </>
        ) : null}
        <div className="acts">
          {note ? <Button type="button" size="sm" variant="default" onClick={() => download(`diem-chot-${checkpointOf(note.text)?.size ?? 0}.txt`, note.text, "text/plain;charset=utf-8")}>{t("audit.saveNote")}</Button> : null}
          <Button type="button" size="sm" variant="default" loading={query.isFetching} onClick={() => void query.refetch()}>{t("audit.askAgain")}</Button>
        </div>
      </div>
    </Panel>
  );
}
