// One alert in the list: mark, title, where, since when, and who has it.
import type { Alert } from "../../api/wire";
import { nameOf } from "../../api/people";
import { ago, moment } from "../../lib/age";
import { withUnit } from "../../lib/figure";
import { useShownNow } from "../../ui/clock";
import { SeverityMark } from "../../ui/SeverityMark";
import { useWords } from "../../ui/words";
import { brief } from "./brief";
import type { Row } from "./hold";

/** "Đã nhận · name, 03:12", "Chưa ai nhận", ... */
export function StateWords({ alert, gone = false }: { alert: Alert; gone?: boolean }) {
  const { t } = useWords();
  const now = useShownNow();
  const at = (text: string | null | undefined) => (text ? moment(Date.parse(text), now) : "");
  if (alert.state === "cleared" || (gone && alert.state !== "shelved")) return <span className="state">{t("state.clearedAt", { at: at(alert.cleared_at) })}</span>;
  if (alert.state === "shelved") return <span className="state">{t("state.shelvedBy", { by: nameOf(alert.shelved?.by ?? "?"), until: at(alert.shelved?.until) })}</span>;
  if (alert.acknowledged) return <span className="state">{t("state.acknowledgedBy", { by: nameOf(alert.acknowledged.by), at: at(alert.acknowledged.at) })}</span>;
  return <span className="state state-raised">{t("state.raised")}</span>;
}

interface Props {
  row: Row;
  areaName: (code: string) => string;
}

export function AlertRow({ row: { alert, gone }, areaName }: Props) {
  const { t, language, pick } = useWords();
  const now = useShownNow();
  const { value, unit } = alert.params;
  const areas = alert.areas.map(areaName);
  const where = [areas.join(", "), alert.device].filter(Boolean).join(" · ");
  const title = pick(alert.title, alert.code);
  return (
    <div className={`alert-row ${gone ? "gone" : ""}`}>
      <SeverityMark severity={alert.severity} hollow={alert.state !== "raised"} size={30} />
      <div className="alert-main">
        <div className="alert-title" title={title}>
          <span className="alert-name">{brief(title, areas)}</span>
          {alert.entities > 1 ? <span className="alert-others" title={t("alert.places", { count: alert.entities })}>×{alert.entities}</span> : null}
        </div>
        <div className="alert-where" title={where}>{where || t("noPlace")}</div>
        <StateWords alert={alert} gone={gone} />
      </div>
      <div className="alert-side">
        <span className="alert-value">{value === undefined ? "" : withUnit(value, typeof unit === "string" ? unit : null, language)}</span>
        <time dateTime={alert.raised_at} className="quiet">{ago(Date.parse(alert.raised_at), now, language)}</time>
      </div>
    </div>
  );
}
