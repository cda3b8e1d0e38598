// One record in the list: when, who, what, on what, how it ended.
import { clockTime, moment } from "../../lib/age";
import { useServerNow } from "../../ui/clock";
import { useWords } from "../../ui/words";
import { actorText } from "./sieve";
import type { AuditItem } from "./wire";

export function AuditRow({ item, actorName }: { item: AuditItem; actorName: (actor: string) => string }) {
  const { t } = useWords();
  const now = useServerNow();
  const at = Date.parse(item.at);
  return (
    <div className="audit-row">
      <time dateTime={item.at} className="quiet">{moment(at, now)}{clockTime(at).slice(5)}</time>
      <span className="audit-who">{item.actor.kind === "anonymous" ? t("audit.anonymous") : actorName(actorText(item.actor))}<small>{item.from}</small></span>
      <span className="audit-what"><strong>{item.act}</strong><small>{item.target}</small></span>
      <span className={`audit-outcome outcome-${item.outcome}`}>{item.outcome === "allowed" ? "" : "⚠ "}{t(`audit.outcomes.${item.outcome}`)}<small>{t(`audit.classes.${item.class}`)}</small></span>
    </div>
  );
}
