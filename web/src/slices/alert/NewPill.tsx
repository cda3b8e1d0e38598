// "n cảnh báo mới": what waits while the list is held, with the worst of it in sight. It has a place of its own, so that nothing moves when it comes.
import type { Alert } from "../../api/wire";
import { SeverityMark } from "../../ui/SeverityMark";
import { looks } from "../../ui/severity";
import { useWords } from "../../ui/words";

export function NewPill({ waiting, onShow }: { waiting: readonly Alert[]; onShow: () => void }) {
  const { t } = useWords();
  const worst = waiting[0];
  return (
    <div className="pill-place" role="status">
      {worst ? (
        <button type="button" id="new-alerts" className="pill" aria-keyshortcuts="n" style={{ borderColor: looks[worst.severity].colour }} onClick={onShow}>
          <SeverityMark severity={worst.severity} size={22} />
          {t("alerts.new", { count: waiting.length })}
          <kbd aria-hidden="true">n</kbd>
        </button>
      ) : (
        <span className="quiet">{t("alerts.noneWaiting")}</span>
      )}
    </div>
  );
}
