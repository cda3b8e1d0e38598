// The stamp on each panel that says how old its contents are, and whether they are of the moment that the page shows.
import { ago, moment, seconds } from "../lib/age";
import { useNow } from "./clock";
import { useTime } from "./moment";
import { useWords } from "./words";

interface Props {
  /** When the page last knew the contents to be true (its own clock); null before the first time. */
  at: number | null;
  /** Older than so many seconds is said loudly. */
  stale?: number;
  /** The panel follows the time control; else, while the page shows the past, it says that it does not. */
  obeys?: boolean;
}

export function Freshness({ at, stale = 60, obeys = false }: Props) {
  const { t, language } = useWords();
  const time = useTime();
  const now = useNow();
  if (time.past) {
    const [look, text] = obeys ? ["fresh-past", t("fresh.past", { at: moment(time.at ?? now, now) })] : ["fresh-now", t("fresh.present")];
    return <span className={`fresh ${look}`} data-testid="freshness">{text}</span>;
  }
  if (at === null || at === 0) return <span className="fresh">{t("fresh.never")}</span>;
  if (time.paused) return <span className="fresh fresh-past" data-testid="freshness">{t("fresh.paused", { ago: ago(at, now, language) })}</span>;
  const old = seconds(at, now) > stale;
  return (
    <span className={old ? "fresh fresh-old" : "fresh"} data-testid="freshness">
      {t(old ? "fresh.old" : "fresh.at", { ago: ago(at, now, language) })}
    </span>
  );
}
