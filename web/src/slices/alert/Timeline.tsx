// What happened to an alert, youngest first: when, who, what.
import type { TimelineEntry } from "../../api/wire";
import { nameOf } from "../../api/people";
import { moment } from "../../lib/age";
import { useShownNow } from "../../ui/clock";
import { useWords } from "../../ui/words";

export function Timeline({ entries }: { entries: readonly TimelineEntry[] }) {
  const { t, pick } = useWords();
  const now = useShownNow();
  if (entries.length === 0) return <p className="quiet">{t("timeline.empty")}</p>;
  const youngest = entries.map((entry, at) => ({ entry, at })).sort((a, b) => Date.parse(b.entry.at) - Date.parse(a.entry.at) || b.at - a.at);
  return (
    <ol className="timeline">
      {youngest.map(({ entry, at }) => (
        <li key={at}>
          <time dateTime={entry.at}>{moment(Date.parse(entry.at), now)}</time>
          <div>
            <strong>{pick(entry.title, t(`timeline.${entry.act}`, { defaultValue: entry.act }))}</strong>
            {entry.by ? <span className="quiet"> · {entry.by.startsWith("service:") ? t("timeline.system") : nameOf(entry.by)}</span> : null}
            {entry.text ? <p>{entry.text}</p> : null}
          </div>
        </li>
      ))}
    </ol>
  );
}
