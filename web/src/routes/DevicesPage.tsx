// The room of the devices: all of them in one list that one can narrow.
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useDeferredValue, useMemo, useState } from "react";
import { useAreas } from "../slices/access/useAreas";
import { DeviceFilter, FILTER_ID } from "../slices/device/DeviceFilter";
import { DeviceRow } from "../slices/device/DeviceRow";
import { type Sieve, rowsOf, sift } from "../slices/device/sift";
import { useDevices } from "../slices/device/useDevices";
import { figure } from "../lib/figure";
import { useListKeys } from "../shell/useListKeys";
import { Freshness } from "../ui/Freshness";
import { Panel } from "../ui/Panel";
import { problemWords } from "../ui/problemWords";
import { VirtualList } from "../ui/VirtualList";
import { useWords } from "../ui/words";
import { devicesSearch } from "./search";

const LIST = "device-list";

export function DevicesPage() {
  const { t, language } = useWords();
  const navigate = useNavigate();
  const search = devicesSearch(useSearch({ strict: false }));
  const devices = useDevices();
  const { areas, areaName } = useAreas();
  const [selected, setSelected] = useState<string | null>(null);
  const fleet = devices.data;
  const rows = useMemo(() => rowsOf(fleet?.items ?? [], (device) => `${device.areas.map(areaName).join(" ")} ${t(`kind.${device.profile}`, { defaultValue: "" })}`), [fleet, areaName, language]);
  // Typing stays quick; the list follows.
  const asked = useDeferredValue(JSON.stringify(search));
  const sifted = useMemo(() => sift(rows, JSON.parse(asked) as Sieve), [rows, asked]);
  const keys = useMemo(() => sifted.rows.map((row) => row.device.id), [sifted]);
  const open = (id: string) => void navigate({ to: "/devices/$device", params: { device: id } });
  useListKeys({ listId: LIST, keys, selected, onSelect: setSelected, onOpen: open, more: { f: () => document.getElementById(FILTER_ID)?.focus() } });
  const count = sifted.rows.length;
  return (
    <main className="page">
      <Panel title={t("rooms.devices")} className="page-panel" stamp={<><span className="quiet" role="status">{t("devices.count", { count, shown: figure(count, language), all: figure(rows.length, language) })}{fleet && !fleet.complete ? ` · ${t(devices.isFetching ? "devices.loading" : "devices.more")}` : ""}</span><Freshness at={devices.dataUpdatedAt || null} stale={120} /></>}>
        <DeviceFilter sieve={search} sifted={sifted} areas={areas} onSieve={(change) => void navigate({ to: "/devices", search: { ...search, ...change } as never, replace: true })} />
        {devices.isError ? <p role="alert" className="error">{problemWords(t, devices.error)}</p> : null}
        <div className="device-row device-head" aria-hidden="true">
          <span /><span>{t("devices.name")}</span><span className="device-kind">{t("devices.kind")}</span><span className="device-area">{t("devices.area")}</span><span className="device-contact">{t("device.contact")}</span><span className="device-standing">{t("devices.standing")}</span>
        </div>
        <VirtualList id={LIST} label={t("devices.list")} items={sifted.rows} keyOf={(row) => row.device.id} height={56} selected={selected} onSelect={setSelected} onOpen={open} empty={t(devices.isPending ? "loading" : "devices.none")}>
          {(row) => <DeviceRow row={row} areaName={areaName} />}
        </VirtualList>
      </Panel>
    </main>
  );
}
