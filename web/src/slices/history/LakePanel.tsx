// The lake: how far it is behind, its tables, and the jobs that keep it.
import { asProblem } from "../../api/problem";
import { ago, durationWords } from "../../lib/age";
import { bytes } from "../../lib/bytes";
import { figure } from "../../lib/figure";
import { useServerNow } from "../../ui/clock";
import { Freshness } from "../../ui/Freshness";
import { Panel } from "../../ui/Panel";
import { problemWords } from "../../ui/problemWords";
import { useWords } from "../../ui/words";
import { jobWords } from "./jobs";
import type { LakeState } from "./model";
import { useLake } from "./useSql";

/** Beyond so many seconds the lake is said to be behind: it commits once a minute. */
const LATE_S = 180;

function Jobs({ jobs }: { jobs: LakeState["jobs"] }) {
  const { t, language } = useWords();
  const now = useServerNow();
  const when = (at: string | null | undefined) => (at ? ago(Date.parse(at), now, language) : "–");
  return (
    <table className="plain">
      <caption>{t("lake.jobs")}</caption>
      <thead><tr><th scope="col">{t("lake.job")}</th><th scope="col">{t("lake.lastRun")}</th><th scope="col">{t("lake.lastOk")}</th><th scope="col">{t("lake.detail")}</th></tr></thead>
      <tbody>
        {jobs.map((job) => {
          const failed = job.last_ok === false || (typeof job.last_ok === "string" && typeof job.last_run === "string" && Date.parse(job.last_ok) < Date.parse(job.last_run));
          return (
            <tr key={job.name} className={failed ? "failed" : ""}>
              <th scope="row">{t(`lake.name.${job.name}`, { defaultValue: job.name })}</th>
              <td>{when(job.last_run)}</td>
              <td>{failed ? `⚠ ${t("lake.failed")}` : typeof job.last_ok === "string" ? when(job.last_ok) : job.last_ok ? t("lake.ok") : "–"}</td>
              <td>{jobWords(t, job.name, job.detail ?? "", language)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

export function LakePanel() {
  const { t, language } = useWords();
  const query = useLake();
  const lake = query.data;
  const late = lake !== undefined && lake.lag_s > LATE_S;
  return (
    <Panel title={t("lake.title")} className="lake" stamp={<Freshness at={query.dataUpdatedAt || null} stale={60} />}>
      <div className="body">
        {query.isPending ? <p className="quiet">{t("loading")}</p> : null}
        {query.isError ? <p role="alert" className="note">{asProblem(query.error).status === 404 ? t("lake.missing") : problemWords(t, query.error)}</p> : null}
        {lake ? (
          <>
            <dl className="tiles">
              <div className={late ? "tile bad" : "tile"}><dt>{t("lake.lag")}</dt><dd className="big">{late ? "⚠ " : ""}{durationWords(`PT${Math.round(lake.lag_s)}S`, language) ?? lake.lag_s}<small>{t("lake.lagRows", { count: lake.lag_rows, rows: figure(lake.lag_rows, language) })}</small></dd></div>
              <div className="tile"><dt>{t("lake.size")}</dt><dd className="big">{bytes(lake.tables.reduce((sum, table) => sum + table.bytes, 0), language)}<small>{t("lake.files", { files: figure(lake.tables.reduce((sum, table) => sum + table.files, 0), language) })}</small></dd></div>
            </dl>
            <table className="plain">
              <caption>{t("lake.tables")}</caption>
              <thead><tr><th scope="col">{t("lake.table")}</th><th scope="col">{t("lake.version")}</th><th scope="col">{t("lake.rows")}</th><th scope="col">{t("lake.filesHead")}</th><th scope="col">{t("lake.bytes")}</th></tr></thead>
              <tbody>{lake.tables.map((table) => <tr key={table.name}><th scope="row"><code>{table.name}</code> <small className="quiet">{t(`lake.holds.${table.name}`, { defaultValue: "" })}</small></th><td>{figure(table.version, language)}</td><td>{figure(table.rows, language)}</td><td>{figure(table.files, language)}</td><td>{bytes(table.bytes, language)}</td></tr>)}</tbody>
            </table>
            <Jobs jobs={lake.jobs} />
          </>
        ) : null}
      </div>
    </Panel>
  );
}
