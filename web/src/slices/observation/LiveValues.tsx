// The live values of one device: figure, quality in words, and how old each is.
import { ago } from "../../lib/age";
import { withUnit } from "../../lib/figure";
import { useServerNow } from "../../ui/clock";
import { Freshness } from "../../ui/Freshness";
import { problemWords } from "../../ui/problemWords";
import { useWords } from "../../ui/words";
import { useLatest } from "./useLatest";

export function LiveValues({ device }: { device: string }) {
  const { t, language, pick } = useWords();
  const now = useServerNow();
  const { values, at, error } = useLatest(device);
  const rows = [...values.values()].sort((a, b) => a.name.localeCompare(b.name));
  return (
    <section aria-label={t("live.title")}>
      <header className="sub-head">
        <h3 className="sub">{t("live.title")}</h3>
        <Freshness at={at} stale={20} />
      </header>
      {error ? <p role="alert" className="error">{problemWords(t, error)}</p> : null}
      {rows.length === 0 ? <p className="quiet">{t(at === null && !error ? "loading" : "live.none")}</p> : null}
      <ul className="values">
        {rows.map((row) => (
          <li key={row.series} className={`quality-${row.quality}`}>
            <span className="value-name">{pick(row.title, row.name)}</span>
            <output className="big" aria-label={pick(row.title, row.name)}>{withUnit(row.value, row.unit, language)}</output>
            <span className="quality">
              {t(`quality.${row.quality}`)}
              {row.doubt && row.doubt !== "none" ? ` · ${t(`doubt.${row.doubt}`, { defaultValue: row.doubt })}` : ""}
            </span>
            <time dateTime={row.time} className="quiet">{ago(Date.parse(row.time), now, language)}</time>
          </li>
        ))}
      </ul>
    </section>
  );
}
