// The room of the system: is it taking in, keeping up, running out of room; which version; what the jobs do.
import { useMemo } from "react";
import { read } from "../api/pulse";
import { bytes } from "../lib/bytes";
import { figure } from "../lib/figure";
import { standing } from "../slices/device/contact";
import { useDevices } from "../slices/device/useDevices";
import { LakePanel } from "../slices/history/LakePanel";
import { SettingsPanel } from "../slices/setting/SettingsPanel";
import { Meter } from "../shell/Meter";
import { Spark } from "../shell/Spark";
import { useStatus } from "../shell/StatusFigures";
import { useTrail } from "../shell/useTrail";
import { clockTime } from "../lib/age";
import { Freshness } from "../ui/Freshness";
import { useMay } from "../ui/may";
import { Panel } from "../ui/Panel";
import { problemWords } from "../ui/problemWords";
import { useWords } from "../ui/words";

const SHOWN = ["instance", "version", "now", "ready", "ingest_per_s", "log", "devices", "series", "disk_read_only", "clock"];

export function SystemPage() {
  const { t, language } = useWords();
  const may = useMay();
  const query = useStatus();
  const devices = useDevices();
  const status = query.data;
  const trail = useTrail(status?.ingest_per_s, query.dataUpdatedAt);
  const fleet = devices.data;
  const unwell = useMemo(() => {
    const counts = { silent: 0, never: 0, blocked: 0, speaking: 0 };
    for (const device of fleet?.items ?? []) counts[standing(device)] += 1;
    return counts;
  }, [fleet]);
  const others = Object.entries(status ?? {}).filter(([name]) => !SHOWN.includes(name));
  const heard = read().heard;
  return (
    <main className="page system-page" tabIndex={0}>
      <Panel title={t("system.title")} className="system" stamp={<Freshness at={query.dataUpdatedAt || null} stale={20} />}>
        <div className="body">
          {query.isError ? <p role="alert" className="error">{problemWords(t, query.error)}</p> : null}
          {status ? (
            <>
              <dl className="tiles">
                <div className={status.ready ? "tile" : "tile bad"}><dt>{t("status.state")}</dt><dd className="big">{status.ready ? t("system.ready") : `⚠ ${t("status.notReady")}`}<small>{t("system.version", { version: status.version })}</small></dd></div>
                <div className="tile wide"><dt>{t("system.ingest")}</dt><dd className="big">{figure(Math.round(status.ingest_per_s), language)} <small>{t("system.perSecond")}</small></dd><Spark values={trail} /></div>
                <div className={unwell.silent > 0 ? "tile warn" : "tile"}><dt>{t("status.devices")}</dt><dd className="big">{figure(status.devices, language)}{may("device.read") ? <small>{t("system.devices", { silent: figure(unwell.silent, language), never: figure(unwell.never, language), blocked: figure(unwell.blocked, language) })}</small> : null}</dd></div>
                <div className="tile"><dt>{t("status.series")}</dt><dd className="big">{figure(status.series, language)}</dd></div>
                <div className={status.log.quarantined > 0 ? "tile bad" : "tile"}><dt>{t("system.damaged")}</dt><dd className="big">{status.log.quarantined > 0 ? "⚠ " : ""}{figure(status.log.quarantined, language)}<small>{t("system.damagedAbout")}</small></dd></div>
                <div className={status.disk_read_only ? "tile bad" : "tile"}><dt>{t("status.disk")}</dt><dd className="big">{status.disk_read_only ? `⚠ ${t("status.readOnly")}` : t("system.writable")}</dd></div>
              </dl>
              <h3 className="sub">{t("system.log")}</h3>
              <Meter label={t("system.log")} part={status.log.max_bytes > 0 ? status.log.bytes / status.log.max_bytes : 0} words={t("system.of", { used: bytes(status.log.bytes, language), all: bytes(status.log.max_bytes, language) })} />
              <dl className="facts">
                <div><dt>{t("system.instance")}</dt><dd>{status.instance}</dd></div>
                <div><dt>{t("system.now")}</dt><dd>{clockTime(Date.parse(status.now))}{status.clock?.scaled ? ` · ${t("time.rebuilt")}` : ""}</dd></div>
                <div><dt>{t("system.stream")}</dt><dd>{heard ? clockTime(heard) : "–"}</dd></div>
                {others.map(([name, value]) => <div key={name}><dt>{t(`system.field.${name}`, { defaultValue: name })}</dt><dd>{figure(value, language)}</dd></div>)}
              </dl>
            </>
          ) : <p className="quiet">{t("loading")}</p>}
        </div>
      </Panel>
      {may("lake.read") ? <LakePanel /> : null}
      {may("setting.read") ? <SettingsPanel /> : null}
    </main>
  );
}
