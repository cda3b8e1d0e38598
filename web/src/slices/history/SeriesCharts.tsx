// The charts of a device: one for each series of numbers, over a span that ends at the moment shown.
import { Suspense, lazy, useMemo, useState } from "react";
import { part } from "../../api/part";
import { asProblem } from "../../api/problem";
import type { Words } from "../../api/wire";
import { moment } from "../../lib/age";
import { withUnit } from "../../lib/figure";
import { useServerNow } from "../../ui/clock";
import { Freshness } from "../../ui/Freshness";
import { useTime } from "../../ui/moment";
import type { PlotData } from "../../ui/plot";
import { problemWords } from "../../ui/problemWords";
import { useWords } from "../../ui/words";
import type { History, HistorySeries } from "./model";
import { summary, traceOf } from "./trace";
import { MOST_SERIES, useHistory } from "./useHistory";

const TimeChart = lazy(() => part(() => import("../../ui/TimeChart")));

export const spans = { "1h": 3_600_000, "6h": 21_600_000, "24h": 86_400_000, "7d": 604_800_000, "30d": 2_592_000_000 } as const;
export type Span = keyof typeof spans;

interface Props {
  series: readonly number[];
  /** What people call each, by its name in the payload. */
  names: readonly { name: string; title: Words }[];
  span: Span;
  onSpan: (span: Span) => void;
}

function SeriesChart({ series, title, to, span }: { series: HistorySeries; title: string; to: number; span: number }) {
  const { t, language } = useWords();
  const { at } = useTime();
  const now = useServerNow();
  const [held, setHeld] = useState<PlotData | null>(null);
  const trace = useMemo(() => traceOf(series, at), [series, at]);
  const end = at ?? to;
  const fresh: PlotData = useMemo(() => ({ x: trace.times, lines: [{ label: title, ...trace }], from: (end - span) / 1_000, to: end / 1_000 }), [trace, end, span, title]);
  // Nothing moves under a hand that rests on the chart.
  const data = held ?? fresh;
  const line = data.lines[0];
  const seen = useMemo(() => summary(trace), [trace]);
  const word = (value: number | null | undefined) => withUnit(value, series.unit, language);
  const read = (index: number) => {
    const [value, low, high] = [line?.values[index], line?.low?.[index], line?.high?.[index]];
    const band = low != null && high != null && low !== high ? ` (${word(low)} – ${word(high)})` : "";
    const doubt = line?.bad?.[index] != null ? ` · ${t("quality.bad")}` : line?.suspect?.[index] != null ? ` · ${t("quality.suspect")}` : "";
    return value == null ? t("history.gap") : `${moment((data.x[index] ?? 0) * 1_000, now)}: ${word(value)}${band}${doubt}`;
  };
  return (
    <section className="series-chart" aria-label={title}>
      <header className="sub-head">
        <h3 className="sub">{title}</h3>
        {seen ? <span className="quiet">{t("history.summary", { min: word(seen.min), max: word(seen.max) })}</span> : null}
      </header>
      {seen ? (
        <Suspense fallback={<p className="quiet chart-wait">{t("loading")}</p>}>
          <TimeChart label={t("history.chart", { title })} data={data} read={read} onHeld={(on) => setHeld(on ? fresh : null)} />
        </Suspense>
      ) : <p className="quiet chart-wait">{t("history.none")}</p>}
    </section>
  );
}

function why(t: ReturnType<typeof useWords>["t"], error: unknown): string {
  return asProblem(error).status === 404 ? t("history.missing") : problemWords(t, error);
}

export function SeriesCharts({ series, names, span, onSpan }: Props) {
  const { t, pick } = useWords();
  const query = useHistory(series, spans[span]);
  const shown: History | undefined = query.data;
  const order = (name: string) => names.findIndex((each) => each.name === name);
  const items = [...(shown?.items ?? [])].filter((item) => item.kind === "number" || item.kind === "boolean").sort((a, b) => order(a.name) - order(b.name));
  const known = shown ? Date.parse(shown.known_to) : null;
  return (
    <section aria-label={t("history.title")} className="charts">
      <header className="panel-head">
        <h2>{t("history.title")}</h2>
        <div role="group" aria-label={t("history.span")} className="chips">
          {(Object.keys(spans) as Span[]).map((each) => <button key={each} type="button" className="chip" aria-pressed={each === span} onClick={() => onSpan(each)}>{t(`history.spans.${each}`)}</button>)}
        </div>
        <Freshness at={query.dataUpdatedAt || null} stale={600} obeys />
      </header>
      <div className="scroll body">
        {query.isError ? <p role="alert" className="note">{why(t, query.error)}</p> : null}
        {query.isPending && series.length > 0 ? <p className="quiet">{t("loading")}</p> : null}
        {series.length === 0 ? <p className="quiet">{t("live.none")}</p> : null}
        {series.length > MOST_SERIES ? <p className="note">{t("history.most", { count: MOST_SERIES })}</p> : null}
        {items.map((item) => <SeriesChart key={item.series} series={item} title={pick(names.find((each) => each.name === item.name)?.title ?? item.title, item.name)} to={shown ? Date.parse(shown.to) : 0} span={spans[span]} />)}
        {known !== null && Number.isFinite(known) ? <p className="quiet">{t("history.knownTo", { at: moment(known, Date.now()) })}</p> : null}
      </div>
    </section>
  );
}
