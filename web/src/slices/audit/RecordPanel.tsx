// One record of the trail: all of it, and its proof, reckoned in this browser.
import { clockTime, dateWords } from "../../lib/age";
import { figure } from "../../lib/figure";
import { asProblem } from "../../api/problem";
import { Freshness } from "../../ui/Freshness";
import { Panel } from "../../ui/Panel";
import { Trouble } from "../../ui/Trouble";
import { useWords } from "../../ui/words";
import { CheckpointFacts } from "./CheckpointFacts";
import { actorText } from "./sieve";
import { recordOf, useProof } from "./useAudit";
import type { AuditItem } from "./wire";

interface Props {
  index: number;
  /** What the list knows of it; null when it was opened by its address. */
  item: AuditItem | null;
  actorName: (actor: string) => string;
  onClose: () => void;
}

export function RecordPanel({ index, item, actorName, onClose }: Props) {
  const { t, language } = useWords();
  const query = useProof(index);
  const proven = query.data;
  const entry = proven?.proof.entry;
  const record = entry === undefined ? null : recordOf(entry);
  const soon = query.isError && asProblem(query.error).status === 404;
  return (
    <Panel title={t("audit.record", { index: figure(index, language) })} className="detail" onClose={onClose} stamp={<Freshness at={query.dataUpdatedAt || null} stale={86_400} />}>
      <div className="scroll body">
        {item ? (
          <>
            <h3 className="kept-title">{item.act}</h3>
            <p className={`audit-outcome outcome-${item.outcome}`}>{item.outcome === "allowed" ? "" : "⚠ "}{t(`audit.outcomes.${item.outcome}`)} · {t(`audit.classes.${item.class}`)}</p>
            <dl className="facts">
              <div><dt>{t("audit.at")}</dt><dd><time dateTime={item.at}>{clockTime(Date.parse(item.at))} · {dateWords(Date.parse(item.at), language)}</time></dd></div>
              <div><dt>{t("audit.actor")}</dt><dd>{item.actor.kind === "anonymous" ? t("audit.anonymous") : <>{actorName(actorText(item.actor))} <code className="quiet">{actorText(item.actor)}</code></>}</dd></div>
              <div><dt>{t("audit.object")}</dt><dd><code>{item.target || "–"}</code></dd></div>
              <div><dt>{t("audit.source")}</dt><dd>{item.from || "–"}</dd></div>
              {Object.entries(item.detail).map(([name, value]) => <div key={name}><dt>{t(`audit.detail.${name}`, { defaultValue: name })}</dt><dd>{value}</dd></div>)}
              <div><dt>{t("audit.id")}</dt><dd><code>{item.id}</code></dd></div>
            </dl>
          </>
        ) : null}
        <h3 className="sub">{t("audit.proof")}</h3>
        {query.isPending ? <p className="quiet">{t("loading")}</p> : null}
        {soon ? <p className="note">{t("audit.notSealed")} <button type="button" className="link" onClick={() => void query.refetch()}>{t("again")}</button></p> : query.isError ? <Trouble error={query.error} /> : null}
        {proven ? (
          <>
            <p role="status" className={proven.verdict === "broken" ? "error" : "note"}>{proven.verdict === "broken" ? "⚠ " : proven.verdict === "unknown" ? "" : "✓ "}{t(`audit.verdict.${proven.verdict}`, { index: figure(index, language), size: figure(proven.proof.size, language) })}</p>
            <p className="quiet">{t("audit.verdictAbout")}</p>
            <h3 className="sub">{t("audit.entry")}</h3>
            {entry === undefined ? <p className="quiet">{t("audit.dropped")}</p> : <pre className="entry" role="region" tabIndex={0} aria-label={t("audit.entry")}>{record ? JSON.stringify(record, null, 2) : entry}</pre>}
            <details className="technical">
              <summary>{t("audit.way", { count: proven.proof.proof.length })}</summary>
              <dl className="facts"><div><dt>{t("audit.leaf")}</dt><dd><code>{proven.proof.leaf}</code></dd></div></dl>
              <ol className="hashes">{proven.proof.proof.map((hash, at) => <li key={at}><code>{hash}</code></li>)}</ol>
              <CheckpointFacts note={proven.proof.checkpoint} />
            </details>
          </>
        ) : null}
      </div>
    </Panel>
  );
}
