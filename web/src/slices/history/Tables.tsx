// The tables one can ask, with their columns; a name goes into the query by one press.
import { asProblem } from "../../api/problem";
import { figure } from "../../lib/figure";
import { problemWords } from "../../ui/problemWords";
import { useWords } from "../../ui/words";
import samples from "./samples.json";
import { useTables } from "./useSql";

export function Tables({ onInsert, onRun }: { onInsert: (text: string) => void; onRun: (sql: string) => void }) {
  const { t, language, pick } = useWords();
  const query = useTables();
  return (
    <nav className="tables scroll" aria-label={t("sql.tables")}>
      {query.isPending ? <p className="quiet">{t("loading")}</p> : null}
      {query.isError ? <p role="alert" className="note">{asProblem(query.error).status === 404 ? t("sql.missing") : problemWords(t, query.error)}</p> : null}
      {(query.data?.items ?? []).map((table) => (
        <details key={table.name} className="table-of">
          <summary><code>{table.name}</code>{typeof table.rows === "number" ? <span className="quiet">{figure(table.rows, language)}</span> : null}</summary>
          {table.title ? <p className="quiet">{pick(table.title)}</p> : null}
          <p className="chips">
            <button type="button" className="chip" onClick={() => onRun(samples.first.replace("{{table}}", table.name))}>{t("sql.first")}</button>
            <button type="button" className="chip" onClick={() => onInsert(table.name)}>{t("sql.insert")}</button>
          </p>
          <ul>
            {table.columns.map((column) => (
              <li key={column.name}><button type="button" className="link" title={pick(column.title)} onClick={() => onInsert(column.name)}>{column.name}</button> <small className="quiet">{column.type}</small></li>
            ))}
          </ul>
        </details>
      ))}
    </nav>
  );
}
