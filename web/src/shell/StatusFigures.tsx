// How the instance does: what it takes in, how many devices, and whether it can still write.
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { get } from "../api/client";
import { setClock } from "../api/pulse";
import type { Status } from "../api/wire";
import { figure } from "../lib/figure";
import { useMay } from "../ui/may";
import { useWords } from "../ui/words";

export function useStatus() {
  const may = useMay();
  const query = useQuery({ queryKey: ["status"], queryFn: ({ signal }) => get<Status>("/api/v1/status", {}, signal), refetchInterval: 5_000, enabled: may("status.read") });
  const { data, dataUpdatedAt } = query;
  useEffect(() => {
    if (data) setClock(Date.parse(data.now), dataUpdatedAt, data.clock?.scaled ? (data.clock.scale ?? 1) : 1);
  }, [data, dataUpdatedAt]);
  return query;
}

export function StatusFigures({ status }: { status: Status | undefined }) {
  const { t, language } = useWords();
  if (!status) return <div className="status quiet">{t("loading")}</div>;
  const full = status.log.max_bytes > 0 ? status.log.bytes / status.log.max_bytes : 0;
  return (
    <dl className="status" aria-label={t("status.title")}>
      <div><dt>{t("status.ingest")}</dt><dd>{figure(Math.round(status.ingest_per_s), language)}<small>/s</small></dd></div>
      <div><dt>{t("status.devices")}</dt><dd>{figure(status.devices, language)}</dd></div>
      <div><dt>{t("status.series")}</dt><dd>{figure(status.series, language)}</dd></div>
      {status.disk_read_only ? <div className="bad"><dt>{t("status.disk")}</dt><dd>⚠ {t("status.readOnly")}</dd></div> : null}
      {!status.disk_read_only && full > 0.9 ? <div className="bad"><dt>{t("status.log")}</dt><dd>⚠ {t("status.full", { percent: Math.floor(full * 100) })}</dd></div> : null}
      {status.ready ? null : <div className="bad"><dt>{t("status.state")}</dt><dd>⚠ {t("status.notReady")}</dd></div>}
    </dl>
  );
}
