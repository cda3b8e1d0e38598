// One device in the list: kind, name, where, when it was last heard, and how it stands.
import { ago } from "../../lib/age";
import { useServerNow } from "../../ui/clock";
import { DeviceIcon } from "../../ui/DeviceIcon";
import { kindDrawing } from "../../ui/kinds";
import { RoomIcon } from "../../ui/RoomIcon";
import { useWords } from "../../ui/words";
import type { Row } from "./sift";

export function DeviceRow({ row: { device, standing }, areaName }: { row: Row; areaName: (code: string) => string }) {
  const { t, language, pick } = useWords();
  const now = useServerNow();
  return (
    <div className="device-row">
      <span className="device-kind-icon"><RoomIcon path={kindDrawing(device.profile)} size={20} /></span>
      <span className="device-name"><strong>{pick(device.title, device.id)}</strong><small>{device.id}</small></span>
      <span className="device-kind">{t(`kind.${device.profile}`, { defaultValue: device.profile })}</span>
      <span className="device-area">{device.areas.map(areaName).join(", ") || t("noPlace")}</span>
      <span className="device-contact">{device.last_contact ? ago(Date.parse(device.last_contact), now, language) : "–"}</span>
      <span className={`device-standing standing-${standing}`}><DeviceIcon standing={standing} size={14} /> {t(`standing.${standing}`)}</span>
    </div>
  );
}
