// The live values of one device: figure, quality in words, and how old each is.
import type { Words } from "../../api/wire";
import { ago } from "../../lib/age";
import { withUnit } from "../../lib/figure";
import { useServerNow } from "../../ui/clock";
import { Freshness } from "../../ui/Freshness";
import { problemWords } from "../../ui/problemWords";
import { useWords } from "../../ui/words";
import type { Live } from "./useLatest";

interface Props {
  live: Live;
  /** What people call its values, in the order in which they are shown. */
  names: readonly { name: string; title: Words }[];
}

export function LiveValues({ live, names }: Props) {
  const { t, language, pick } = useWords();
  const now = useServerNow();
  const { values, at, error } = live;
  // What the profile does not name comes last.
  const place = (name: string) => (names.some((each) => each.name === name) ? names.findIndex((each) => each.name === name) : names.length);
  const called = (name: string) => pick(names.find((each) => each.name === name)?.title, name);
  const rows = [...values.values()].sort((a, b) => place(a.name) - place(b.name) || a.name.localeCompare(b.name));
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
            <span className="value-name">{called(row.name)}</span>
            <output className="big" aria-label={called(row.name)}>{withUnit(row.value, row.unit, language)}</output>
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
