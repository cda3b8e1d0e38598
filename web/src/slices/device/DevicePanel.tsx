// One device: who it is, where, how it stands; what it measures comes in as children.
import type { ReactNode } from "react";
import type { Device } from "../../api/wire";
import { Freshness } from "../../ui/Freshness";
import { Panel } from "../../ui/Panel";
import { Trouble } from "../../ui/Trouble";
import { useWords } from "../../ui/words";
import { DeviceFacts } from "./DeviceFacts";
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
  const { t } = useWords();
  const query = useDevice(id);
  const device = query.data;
  return (
    <Panel title={t("device.title")} className="detail" onClose={onClose} stamp={<Freshness at={query.dataUpdatedAt || null} />}>
      <div className="scroll body">
        {query.isError ? <Trouble error={query.error} about={{ action: "device.read", object: `device/${id}` }} /> : null}
        {query.isPending ? <p className="quiet">{t("loading")}</p> : null}
        {device ? (
          <>
            <DeviceFacts device={device} areaName={areaName} orgName={orgName} />
            {children(device)}
          </>
        ) : null}
      </div>
    </Panel>
  );
}
