// The figures of an alert: value against limit, with unit, and since when; and on what the limit rests.
import type { Alert } from "../../api/wire";
import { ago, moment } from "../../lib/age";
import { withUnit } from "../../lib/figure";
import { useShownNow } from "../../ui/clock";
import { useWords } from "../../ui/words";

export function Figures({ alert }: { alert: Alert }) {
  const { t, language } = useWords();
  const now = useShownNow();
  const { value, limit, unit } = alert.params;
  const code = typeof unit === "string" ? unit : null;
  const since = Date.parse(alert.raised_at);
  return (
    <dl className="figures">
      <div><dt>{t("figure.value")}</dt><dd className="big">{withUnit(value, code, language)}</dd></div>
      <div><dt>{t("figure.limit")}</dt><dd className="big">{withUnit(limit, code, language)}{alert.params.assumed === true ? <small>{t("figure.assumed")}</small> : null}</dd></div>
      <div><dt>{t("figure.since")}</dt><dd className="big">{moment(since, now)}<small>{ago(since, now, language)}</small></dd></div>
    </dl>
  );
}
