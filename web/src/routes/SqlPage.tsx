// The workbench: ask the lake in SQL, see the answer as a table or as a picture, take it away as CSV.
import { Button } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { asProblem } from "../api/problem";
import { moment } from "../lib/age";
import { csvOf } from "../lib/csv";
import { figure } from "../lib/figure";
import { faultPlace } from "../slices/history/fault";
import { ResultChart } from "../slices/history/ResultChart";
import { ResultTable } from "../slices/history/ResultTable";
import samples from "../slices/history/samples.json";
import { Tables } from "../slices/history/Tables";
import { useSql, useTables } from "../slices/history/useSql";
import { useOffers } from "../shell/offers";
import { useKeys } from "../shell/useKeys";
import { download } from "../ui/download";
import { Editor, type Pen } from "../ui/Editor";
import { Freshness } from "../ui/Freshness";
import { Panel } from "../ui/Panel";
import { problemWords } from "../ui/problemWords";
import { useWide } from "../ui/useWide";
import { useWords } from "../ui/words";
import { sqlSearch } from "./search";

export function SqlPage() {
  const { t, language } = useWords();
  const navigate = useNavigate();
  const search = sqlSearch(useSearch({ strict: false }));
  const wide = useWide(1_000);
  const { asked, run, stop } = useSql();
  const known = useTables();
  const [text, setText] = useState(search.q ?? samples.empty);
  const pen = useRef<Pen>(null);
  const ran = useRef<string | null>(null);
  const start = useCallback(
    (sql: string) => {
      const trimmed = sql.trim();
      if (trimmed === "") return;
      ran.current = trimmed;
      void run(sql);
      if (trimmed.length <= 8_000) void navigate({ to: "/sql", search: (before: object) => ({ ...before, q: trimmed }) } as never);
    },
    [run, navigate],
  );
  // A query stands in the address only after it was run: who follows the address sees its answer.
  useEffect(() => {
    if (!search.q || search.q === ran.current) return;
    ran.current = search.q;
    setText(search.q);
    void run(search.q);
  }, [search.q, run]);
  const result = asked?.result ?? null;
  const running = asked?.state === "running";
  const problem = asked?.state === "failed" ? asProblem(asked.error) : null;
  const fault = useMemo(() => (asked?.state === "failed" && asked.sql === text ? faultPlace(asProblem(asked.error)) : null), [asked, text]);
  const suggested = Array.isArray(problem?.fields.suggestions) ? problem.fields.suggestions.map(String) : [];
  const csv = () => result && download("ket-qua.csv", csvOf(result.columns.map((column) => column.name), result.rows));
  const view = (next: "chart" | undefined) => void navigate({ to: "/sql", search: (before: object) => ({ ...before, view: next }), replace: true } as never);
  useKeys({ "Mod+enter": () => start(text), e: () => pen.current?.focus() });
  useOffers([{ id: "run", title: t("sql.run"), stroke: "Ctrl Enter", run: () => start(text) }, ...(result ? [{ id: "csv", title: t("sql.csv"), run: csv }] : [])]);
  const tables = <Tables onInsert={(more) => pen.current?.insert(more)} onRun={(sql) => { setText(sql); start(sql); }} />;
  return (
    <main className="page sql-page">
      {wide ? <Panel title={t("sql.tables")} className="sql-tables" stamp={<Freshness at={known.dataUpdatedAt || null} stale={3_600} />}>{tables}</Panel> : null}
      <Panel title={t("rooms.sql")} className="sql-work" stamp={<Freshness at={asked?.at ?? null} stale={3_600} />}>
        {wide ? null : <details className="sql-fold"><summary>{t("sql.tables")}</summary>{tables}</details>}
        <Editor ref={pen} label={t("sql.editor")} text={text} onText={setText} onRun={() => start(text)} fault={fault} />
        <div className="sql-bar">
          {running ? <Button size="sm" variant="default" onClick={stop}>{t("sql.stop")}</Button> : <Button size="sm" aria-keyshortcuts="Control+Enter" onClick={() => start(text)}>{t("sql.run")}</Button>}
          <span className="quiet" role="status">
            {running ? t("sql.running") : asked?.state === "stopped" ? t("sql.stopped") : result && asked?.state === "done" ? t("sql.done", { rows: figure(result.rows.length, language), more: result.more ? t("sql.moreRows") : "", took: figure(result.took_ms, language), at: moment(Date.parse(result.known_to), Date.now()) }) : t("sql.hint")}
          </span>
          {result ? (
            <span className="chips">
              <button type="button" className="chip" aria-pressed={search.view !== "chart"} onClick={() => view(undefined)}>{t("sql.table")}</button>
              <button type="button" className="chip" aria-pressed={search.view === "chart"} onClick={() => view("chart")}>{t("sql.chart")}</button>
              <button type="button" className="chip" onClick={csv}>{t("sql.csv")}</button>
            </span>
          ) : null}
        </div>
        {problem ? <p role="alert" className="error">{fault ? `${t("sql.place", { ...fault })} ` : ""}{problem.status === 404 ? t("sql.missing") : problemWords(t, problem)}{suggested.length > 0 ? ` ${t("sql.suggest", { names: suggested.join(", ") })}` : ""}</p> : null}
        <div className="sql-answer" data-old={asked !== null && asked.state !== "done"}>
          {result ? search.view === "chart" ? <ResultChart result={result} /> : <ResultTable result={result} /> : null}
        </div>
      </Panel>
    </main>
  );
}
