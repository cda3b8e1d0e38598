// The last value of each series before the moment shown, at most a day older.
import { asProblem } from "../../api/problem";
import type { Words } from "../../api/wire";
import { ago } from "../../lib/age";
import { withUnit } from "../../lib/figure";
import { useShownNow } from "../../ui/clock";
import { Freshness } from "../../ui/Freshness";
import { useTime } from "../../ui/moment";
import { problemWords } from "../../ui/problemWords";
import { useWords } from "../../ui/words";
import { useHistory } from "./useHistory";

const DAY = 86_400_000;

export function ValuesThen({ series, names }: { series: readonly number[]; names: readonly { name: string; title: Words }[] }) {
  const { t, language, pick } = useWords();
  const { at } = useTime();
  const now = useShownNow();
  const query = useHistory(series, DAY);
  const rows = (query.data?.items ?? []).flatMap((item) => {
    const last = item.points.filter((point) => Date.parse(point.time) <= (at ?? Number.POSITIVE_INFINITY)).at(-1);
    return last ? [{ item, last, quality: last.quality ?? "good" }] : [];
  });
  return (
    <section aria-label={t("live.then")}>
      <header className="sub-head">
        <h3 className="sub">{t("live.then")}</h3>
        <Freshness at={query.dataUpdatedAt || null} obeys />
      </header>
      {query.isError ? <p role="alert" className="note">{asProblem(query.error).status === 404 ? t("history.missing") : problemWords(t, query.error)}</p> : null}
      {query.isSuccess && rows.length === 0 ? <p className="quiet">{t("live.noneThen")}</p> : null}
      <ul className="values">
        {rows.map(({ item, last, quality }) => {
          const name = pick(names.find((each) => each.name === item.name)?.title ?? item.title, item.name);
          return (
            <li key={item.series} className={`quality-${quality}`}>
              <span className="value-name">{name}</span>
              <output className="big" aria-label={name}>{withUnit(last.value, item.unit, language)}</output>
              <span className="quality">{t(`quality.${quality}`, { defaultValue: quality })}</span>
              <time dateTime={last.time} className="quiet">{ago(Date.parse(last.time), now, language)}</time>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
