// What an engineer asks and a duty officer need not: codes, counts and all other figures of an alert, folded away.
import type { Alert } from "../../api/wire";
import { durationWords, moment } from "../../lib/age";
import { figure } from "../../lib/figure";
import { useShownNow } from "../../ui/clock";
import { useWords } from "../../ui/words";

const SHOWN_ABOVE = ["value", "limit", "unit", "assumed", "legal"];
const INSTANT = /^\d{4}-\d{2}-\d{2}T[\d:.]+(Z|[+-]\d{2}:\d{2})$/;

export function Details({ alert }: { alert: Alert }) {
  const { t, language } = useWords();
  const now = useShownNow();
  const others = Object.entries(alert.params).filter(([name, content]) => !SHOWN_ABOVE.includes(name) && content !== null);
  const show = (content: unknown) => {
    if (typeof content !== "string") return figure(content, language);
    return INSTANT.test(content) ? moment(Date.parse(content), now) : (durationWords(content, language) ?? content);
  };
  return (
    <details className="technical">
      <summary>{t("alert.technical")}</summary>
      <dl className="facts">
        {others.map(([name, content]) => (
          <div key={name}><dt>{t(`param.${name}`, { defaultValue: name })}</dt><dd>{show(content)}</dd></div>
        ))}
        <div><dt>{t("figure.signals")}</dt><dd>{t("figure.signalsRaises", { signals: alert.signals, raises: alert.raises })}</dd></div>
        <div><dt>{t("figure.code")}</dt><dd><code>{alert.code}</code></dd></div>
        <div><dt>{t("alert.entity")}</dt><dd><code>{alert.entity}</code></dd></div>
      </dl>
    </details>
  );
}
