// The stamp on each panel that says how old its contents are.
import { ago, seconds } from "../lib/age";
import { useNow } from "./clock";
import { useWords } from "./words";

/** `at`: when the page last knew its contents to be true (its own clock); null before the first time. Older than `stale` seconds is said loudly. */
export function Freshness({ at, stale = 60 }: { at: number | null; stale?: number }) {
  const { t, language } = useWords();
  const now = useNow();
  if (at === null || at === 0) return <span className="fresh">{t("fresh.never")}</span>;
  const old = seconds(at, now) > stale;
  return (
    <span className={old ? "fresh fresh-old" : "fresh"} data-testid="freshness">
      {t(old ? "fresh.old" : "fresh.at", { ago: ago(at, now, language) })}
    </span>
  );
}
