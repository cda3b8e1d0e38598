// Which pack is loaded: the one that brought the youngest base, and those whose texts still stand behind it.
import { moment } from "../../lib/age";
import { useServerNow } from "../../ui/clock";
import { useWords } from "../../ui/words";
import { byWords } from "./byWords";
import type { List } from "./model";
import { type Source, sourcesOf } from "./sieve";

/** Enough of a checksum to tell packs apart; the rest stands in the list. */
const short = (sha256: string) => sha256.slice(0, 12);

export function Sources({ list }: { list: List }) {
  const { t } = useWords();
  const now = useServerNow();
  const sources = sourcesOf(list.items);
  const about = ({ at, by, items }: Source) => t("pack.from.about", { at: moment(Date.parse(at), now), by: byWords(t, by), count: items });
  const [newest] = sources;
  const start = list.pack;
  if (!newest) return <p className="pack-from quiet">{start ? t("pack.from.start", { name: start.name, sha256: short(start.sha256) }) : t("pack.from.none")}</p>;
  return (
    <details className="pack-from">
      <summary><span>{t("pack.from.title")}</span> <strong>{newest.name}</strong> <span className="quiet">{about(newest)}</span></summary>
      <ul>
        {sources.map((source) => <li key={source.sha256}><strong>{source.name}</strong> <span>{about(source)}</span> <code>{source.sha256}</code></li>)}
      </ul>
      {start && start.sha256 !== newest.sha256 ? <p className="quiet">{t("pack.from.start", { name: start.name, sha256: short(start.sha256) })}</p> : null}
      <p className="quiet">{t("pack.from.why")}</p>
    </details>
  );
}
