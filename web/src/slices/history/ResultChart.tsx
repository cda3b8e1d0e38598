// The result as a picture: lines over time or numbers, bars over words; which columns is for the asker to choose.
import { Suspense, lazy, useMemo, useState } from "react";
import { part } from "../../api/part";
import { moment } from "../../lib/age";
import { figure } from "../../lib/figure";
import { tones } from "../../ui/tones";
import { useWords } from "../../ui/words";
import type { Result } from "./model";
import { type Choice, choiceOf, pictureOf, sortOf } from "./picture";

const TimeChart = lazy(() => part(() => import("../../ui/TimeChart")));

export function ResultChart({ result }: { result: Result }) {
  const { t, language } = useWords();
  const first = useMemo(() => choiceOf(result), [result]);
  const [own, setOwn] = useState<{ result: Result; choice: Choice } | null>(null);
  const choice = own?.result === result ? own.choice : first;
  const picture = useMemo(() => (choice ? pictureOf(result, choice) : null), [result, choice]);
  if (!choice || !picture) return <p className="empty">{t("sql.noChart")}</p>;
  const kinds = result.columns.map((column, at) => sortOf(column, result.rows, at));
  const choose = (change: Partial<Choice>) => setOwn({ result, choice: { ...choice, ...change } });
  const options = (allowed: (at: number) => boolean) => result.columns.map((column, at) => (allowed(at) ? <option key={at} value={at}>{column.name}</option> : null));
  return (
    <div className="picture">
      <div className="sieve">
        <label>{t("sql.x")} <select value={choice.x} onChange={(event) => choose({ x: Number(event.target.value) })}>{options(() => true)}</select></label>
        <label>{t("sql.y")} <select value={choice.y[0] ?? ""} onChange={(event) => choose({ y: [Number(event.target.value)] })}>{options((at) => kinds[at] === "number")}</select></label>
        <label>{t("sql.by")} <select value={choice.by ?? ""} onChange={(event) => choose({ by: event.target.value === "" ? null : Number(event.target.value) })}><option value="">–</option>{options((at) => kinds[at] === "text" && at !== choice.x)}</select></label>
      </div>
      {picture.left > 0 ? <p className="note">{t("sql.left", { count: picture.left })}</p> : null}
      {picture.sort === "text" ? (
        <ol className="bars">
          {picture.bars.map((bar, at) => (
            <li key={at}><span className="bar-name" title={bar.label}>{bar.label}</span><span className="bar"><span style={{ width: `${(Math.abs(bar.value) / Math.max(1e-9, ...picture.bars.map((each) => Math.abs(each.value)))) * 100}%` }} /></span><span className="number">{figure(bar.value, language)}</span></li>
          ))}
        </ol>
      ) : (
        <>
          <ul className="tones">
            {picture.lines.map((line, at) => <li key={line.label}><svg aria-hidden="true" width="26" height="8"><line x1="0" x2="26" y1="4" y2="4" stroke={tones[at % tones.length]?.colour} strokeWidth="2.5" strokeDasharray={tones[at % tones.length]?.dash.join(" ")} /></svg> {line.label}</li>)}
          </ul>
          <Suspense fallback={<p className="quiet">{t("loading")}</p>}>
            <TimeChart
              label={t("sql.chart")}
              data={{ x: picture.x, lines: picture.lines.map((line) => ({ ...line, joined: choice.by !== null })), numeric: picture.sort === "number" }}
              read={(index) => `${picture.sort === "time" ? moment((picture.x[index] ?? 0) * 1_000, 0) : figure(picture.x[index], language)}: ${picture.lines.flatMap((line) => (line.values[index] == null ? [] : [`${line.label} ${figure(line.values[index], language)}`])).join(" · ")}`}
            />
          </Suspense>
        </>
      )}
    </div>
  );
}
