// MẤT KẾT NỐI: loud, with the time since. It takes the place of the figures in the header, so that nothing below moves.
import { clockTime, running, seconds } from "../lib/age";
import { useNow } from "../ui/clock";
import { useWords } from "../ui/words";

export function LostBanner({ since }: { since: number }) {
  const { t } = useWords();
  const now = useNow();
  return (
    <div className="lost">
      <span role="alert">
        <strong>⚠ {t("lost.title")}</strong>
        <span className="lost-about">{t("lost.about", { at: clockTime(since) })}</span>
      </span>
      <span className="lost-time" role="timer" aria-label={t("lost.timer")}>{running(seconds(since, now))}</span>
    </div>
  );
}
