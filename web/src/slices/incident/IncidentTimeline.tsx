// What happened to an incident, youngest first: when, who, what.
import { nameOf } from "../../api/people";
import type { IncidentLine } from "../../api/wire";
import { moment } from "../../lib/age";
import { useServerNow } from "../../ui/clock";
import { useWords } from "../../ui/words";

export function IncidentTimeline({ lines, orgName }: { lines: readonly IncidentLine[]; orgName: (code: string) => string }) {
  const { t, pick } = useWords();
  const now = useServerNow();
  const about = ({ org, person }: IncidentLine) => (org ? `: ${orgName(org)}${person ? ` (${nameOf(person)})` : ""}` : "");
  return (
    <ol className="timeline incident-timeline">
      {[...lines].reverse().map((line) => (
        <li key={line.id} data-act={line.act}>
          <time dateTime={line.at}>{moment(Date.parse(line.at), now)}</time>
          <div>
            <strong>{pick(line.title, line.act)}{about(line)}</strong>
            <span className="quiet"> · {line.by.startsWith("service:") ? t("timeline.system") : nameOf(line.by)}</span>
            {line.text ? <p>{line.text}</p> : null}
          </div>
        </li>
      ))}
    </ol>
  );
}
