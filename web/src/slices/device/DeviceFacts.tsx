// Who a device is, how it stands, where it is and whose.
import type { Device } from "../../api/wire";
import { ago, durationWords } from "../../lib/age";
import { useServerNow } from "../../ui/clock";
import { DeviceIcon } from "../../ui/DeviceIcon";
import { useWords } from "../../ui/words";
import { standing } from "./contact";

export function DeviceFacts({ device, areaName, orgName }: { device: Device; areaName: (code: string) => string; orgName: (code: string) => string }) {
  const { t, language, pick } = useWords();
  const now = useServerNow();
  const how = standing(device);
  const every = device.expected_every_s;
  return (
    <>
      <div className="headline">
        <DeviceIcon standing={how} size={40} />
        <div>
          <h3>{pick(device.title, device.id)}</h3>
          <p className="quiet"><code>{device.id}</code></p>
          <span className={`state standing-${how}`}>{t(`standing.${how}`)}</span>
        </div>
      </div>
      <dl className="facts">
        <div><dt>{t("device.profile")}</dt><dd>{t(`kind.${device.profile}`, { defaultValue: device.profile })}</dd></div>
        <div><dt>{t("device.area")}</dt><dd>{device.areas.map(areaName).join(", ") || t("noPlace")}</dd></div>
        {device.place ? <div><dt>{t("device.place")}</dt><dd>{device.place.lat.toFixed(5)}, {device.place.lon.toFixed(5)}</dd></div> : null}
        <div><dt>{t("device.contact")}</dt><dd>{device.last_contact ? ago(Date.parse(device.last_contact), now, language) : t("standing.never")}</dd></div>
        {every ? <div><dt>{t("device.every")}</dt><dd>{durationWords(`PT${every}S`, language) ?? every}</dd></div> : null}
        <div><dt>{t("device.org")}</dt><dd>{orgName(device.org)}</dd></div>
      </dl>
    </>
  );
}
