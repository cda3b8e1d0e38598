// One ward: its open alerts, its devices by kind, its water and air; the way further down to each.
import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import type { Alert, Area, Device } from "../api/wire";
import { ago } from "../lib/age";
import { figure } from "../lib/figure";
import { compare, shelfOf } from "../slices/alert/order";
import { standing } from "../slices/device/contact";
import { AqiLine } from "../slices/indicator/AqiLine";
import type { WaterMark } from "../slices/observation/water";
import { useShownNow } from "../ui/clock";
import { Freshness } from "../ui/Freshness";
import { kindDrawing } from "../ui/kinds";
import { Panel } from "../ui/Panel";
import { RoomIcon } from "../ui/RoomIcon";
import { SeverityMark } from "../ui/SeverityMark";
import { useWords } from "../ui/words";

interface Props {
  area: Area;
  alerts: ReadonlyMap<string, Alert>;
  devices: readonly Device[];
  wet: readonly WaterMark[];
  at: number | null;
  onAlert: (id: string) => void;
  onDevice: (id: string) => void;
  onClose: () => void;
}

/** A list longer than this ends with the way to the whole. */
const FEW = 8;

export function AreaPanel({ area, alerts, devices, wet, at, onAlert, onDevice, onClose }: Props) {
  const { t, language, pick } = useWords();
  const now = useShownNow();
  const open = useMemo(() => [...alerts.values()].filter((alert) => shelfOf(alert) === "open" && alert.areas.includes(area.code)).sort(compare), [alerts, area.code]);
  const here = useMemo(() => devices.filter((device) => device.areas.includes(area.code)), [devices, area.code]);
  const kinds = useMemo(() => {
    const found = new Map<string, { all: number; silent: number }>();
    for (const device of here) {
      const kind = found.get(device.profile) ?? { all: 0, silent: 0 };
      found.set(device.profile, { all: kind.all + 1, silent: kind.silent + (standing(device) === "silent" ? 1 : 0) });
    }
    return [...found].sort(([a], [b]) => a.localeCompare(b));
  }, [here]);
  const ids = new Set(here.map((device) => device.id));
  const water = wet.filter((mark) => ids.has(mark.id)).sort((a, b) => a.kind.localeCompare(b.kind) || b.value - a.value);
  return (
    <Panel title={area.name} className="detail" onClose={onClose} stamp={<Freshness at={at} stale={120} obeys />}>
      <div className="scroll body">
        <dl className="facts">
          <div><dt>{t("cityMap.code")}</dt><dd><code>{area.code}</code></dd></div>
          {area.population > 0 ? <div><dt>{t("cityMap.people")}</dt><dd>{figure(area.population, language)}</dd></div> : null}
          <AqiLine area={area.code} />
        </dl>
        <h3 className="sub">{t("cityMap.alerts", { count: open.length })}</h3>
        {open.length === 0 ? <p className="quiet">{t("cityMap.noAlerts")}</p> : null}
        <ul className="brief-list">
          {open.slice(0, FEW).map((alert) => (
            <li key={alert.id}><button type="button" onClick={() => onAlert(alert.id)}><SeverityMark severity={alert.severity} hollow={alert.state !== "raised"} size={22} /><span><strong>{pick(alert.title, alert.code)}</strong><small>{t(`stateWord.${alert.state}`)} · {ago(Date.parse(alert.raised_at), now, language)}</small></span></button></li>
          ))}
        </ul>
        {open.length > FEW ? <p className="more-link"><Link to="/alerts" search={{ area: area.code } as never}>{t("cityMap.allAlerts", { count: open.length })}</Link></p> : null}
        <h3 className="sub">{t("cityMap.water")}</h3>
        {water.length === 0 ? <p className="quiet">{t("cityMap.dry")}</p> : null}
        <ul className="brief-list">
          {water.slice(0, FEW).map((mark) => <li key={`${mark.kind} ${mark.id}`}><button type="button" onClick={() => onDevice(mark.id)}><RoomIcon path={kindDrawing(mark.kind)} size={20} /><span><strong>{mark.words}</strong><small>{mark.name}</small></span></button></li>)}
        </ul>
        <h3 className="sub">{t("cityMap.devices", { count: here.length, all: figure(here.length, language) })}</h3>
        <ul className="brief-list">
          {kinds.map(([profile, kind]) => (
            <li key={profile}><Link to="/devices" search={{ area: area.code, profile } as never}><RoomIcon path={kindDrawing(profile)} size={20} /><span><strong>{t(`kind.${profile}`, { defaultValue: profile })}</strong><small>{figure(kind.all, language)}{kind.silent > 0 ? ` · ⚠ ${t("cityMap.silent", { count: kind.silent })}` : ""}</small></span></Link></li>
          ))}
        </ul>
      </div>
    </Panel>
  );
}
