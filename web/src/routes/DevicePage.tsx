// The page of one device: who it is and how it stands, what it says now, what it said before, what it can be told.
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useAreas } from "../slices/access/useAreas";
import { useOrgs } from "../slices/access/useOrgs";
import { isPump } from "../slices/device/command";
import { CommandsPanel } from "../slices/device/CommandsPanel";
import { DeviceFacts } from "../slices/device/DeviceFacts";
import { useDevice } from "../slices/device/useDevices";
import { SeriesCharts } from "../slices/history/SeriesCharts";
import { useLatest } from "../slices/observation/useLatest";
import { useKeys } from "../shell/useKeys";
import { Freshness } from "../ui/Freshness";
import { useMay } from "../ui/may";
import { Panel } from "../ui/Panel";
import { Trouble } from "../ui/Trouble";
import { useWords } from "../ui/words";
import { ValuesOf } from "./DeviceValues";
import { deviceSearch } from "./search";

export function DevicePage() {
  const { t } = useWords();
  const may = useMay();
  const navigate = useNavigate();
  const { device: id } = useParams({ strict: false }) as { device: string };
  const { range } = deviceSearch(useSearch({ strict: false }));
  const { areaName } = useAreas();
  const { orgName } = useOrgs();
  const query = useDevice(id);
  const live = useLatest(id);
  const device = query.data;
  useKeys({ Escape: () => void navigate({ to: "/devices" }) });
  return (
    <main className="page device-page">
      <Panel title={t("device.title")} className="device-side" stamp={<Freshness at={query.dataUpdatedAt || null} />}>
        <div className="scroll body">
          <nav className="crumbs" aria-label={t("device.back")}>
            <Link to="/devices">← {t("rooms.devices")}</Link>
            {device?.place && may("alert.read") ? <Link to="/map" search={{ device: id } as never}>{t("device.onMap")}</Link> : null}
            {may("quarantine.read") ? <Link to="/quality" search={{ device: id } as never}>{t("device.quarantine")}</Link> : null}
          </nav>
          {query.isError ? <Trouble error={query.error} about={{ action: "device.read", object: `device/${id}` }} /> : null}
          {query.isPending ? <p className="quiet">{t("loading")}</p> : null}
          {device ? (
            <>
              <DeviceFacts device={device} areaName={areaName} orgName={orgName} />
              <ValuesOf device={device} live={live} />
              {isPump(device) && may("command.read") ? <CommandsPanel device={device} /> : null}
            </>
          ) : null}
        </div>
      </Panel>
      {may("history.read") ? <SeriesCharts series={[...live.values.keys()].sort((a, b) => a - b)} names={device?.series ?? []} span={range ?? "6h"} onSpan={(span) => void navigate({ to: ".", search: (before: object) => ({ ...before, range: span }), replace: true } as never)} /> : null}
    </main>
  );
}
