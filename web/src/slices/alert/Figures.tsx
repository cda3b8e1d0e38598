// The figures of an alert: value against limit, with unit, and since when.
import type { Alert } from "../../api/types";
import { ago, durationWords, moment } from "../../lib/age";
import { figure, withUnit } from "../../lib/figure";
import { useServerNow } from "../../ui/clock";
import { useWords } from "../../ui/words";

const SHOWN_ABOVE = ["value", "limit", "unit"];
const INSTANT = /^\d{4}-\d{2}-\d{2}T[\d:.]+(Z|[+-]\d{2}:\d{2})$/;

export function Figures({ alert }: { alert: Alert }) {
  const { t, language } = useWords();
  const now = useServerNow();
  const { value, limit, unit } = alert.params;
  const code = typeof unit === "string" ? unit : null;
  const since = Date.parse(alert.raised_at);
  const others = Object.entries(alert.params).filter(([name, content]) => !SHOWN_ABOVE.includes(name) && content !== null);
  const show = (content: unknown) => {
    if (typeof content !== "string") return figure(content, language);
    return INSTANT.test(content) ? moment(Date.parse(content), now) : (durationWords(content, language) ?? content);
  };
  return (
    <>
      <dl className="figures">
        <div><dt>{t("figure.value")}</dt><dd className="big">{withUnit(value, code, language)}</dd></div>
        <div><dt>{t("figure.limit")}</dt><dd className="big">{withUnit(limit, code, language)}</dd></div>
        <div><dt>{t("figure.since")}</dt><dd className="big">{moment(since, now)}<small>{ago(since, now, language)}</small></dd></div>
      </dl>
      <dl className="facts">
        {others.map(([name, content]) => (
          <div key={name}><dt>{t(`param.${name}`, { defaultValue: name })}</dt><dd>{show(content)}</dd></div>
        ))}
        <div><dt>{t("figure.signals")}</dt><dd>{t("figure.signalsRaises", { signals: alert.signals, raises: alert.raises })}</dd></div>
        <div><dt>{t("figure.code")}</dt><dd><code>{alert.code}</code></dd></div>
      </dl>
    </>
  );
}
