// One device: who it is, where, how it stands; what it measures comes in as children.
import type { ReactNode } from "react";
import type { Device } from "../../api/wire";
import { ago } from "../../lib/age";
import { useServerNow } from "../../ui/clock";
import { DeviceIcon } from "../../ui/DeviceIcon";
import { Freshness } from "../../ui/Freshness";
import { Panel } from "../../ui/Panel";
import { problemWords } from "../../ui/problemWords";
import { useWords } from "../../ui/words";
import { standing } from "./contact";
import { useDevice } from "./useDevices";

interface Props {
  id: string;
  areaName: (code: string) => string;
  orgName: (code: string) => string;
  onClose: () => void;
  /** What it measures, from the names that its profile gives its values. */
  children: (device: Device) => ReactNode;
}

export function DevicePanel({ id, areaName, orgName, onClose, children }: Props) {
  const { t, language, pick } = useWords();
  const now = useServerNow();
  const query = useDevice(id);
  const device = query.data;
  const how = device ? standing(device, now) : null;
  return (
    <Panel title={t("device.title")} className="detail" onClose={onClose} stamp={<Freshness at={query.dataUpdatedAt || null} />}>
      <div className="scroll body">
        {query.isError ? <p role="alert" className="error">{problemWords(t, query.error)}</p> : null}
        {query.isPending ? <p className="quiet">{t("loading")}</p> : null}
        {device && how ? (
          <>
            <div className="headline">
              <DeviceIcon standing={how} size={40} />
              <div>
                <h3>{pick(device.title, device.id)}</h3>
                <p className="quiet"><code>{device.id}</code></p>
                <span className={`state standing-${how}`}>{t(`standing.${how}`)}</span>
              </div>
            </div>
            {children(device)}
            <dl className="facts">
              <div><dt>{t("device.area")}</dt><dd>{device.areas.map(areaName).join(", ") || t("noPlace")}</dd></div>
              <div><dt>{t("device.contact")}</dt><dd>{device.last_contact ? ago(Date.parse(device.last_contact), now, language) : t("standing.never")}</dd></div>
              <div><dt>{t("device.profile")}</dt><dd><code>{device.profile}</code></dd></div>
              <div><dt>{t("device.org")}</dt><dd>{orgName(device.org)}</dd></div>
            </dl>
          </>
        ) : null}
      </div>
    </Panel>
  );
}
