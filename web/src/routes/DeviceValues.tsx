// The values of a device at the moment that the page shows: live ones, or the last ones before it from the history.
import type { Device } from "../api/wire";
import { ValuesThen } from "../slices/history/ValuesThen";
import { LiveValues } from "../slices/observation/LiveValues";
import { type Live, useLatest } from "../slices/observation/useLatest";
import { useMay } from "../ui/may";
import { useTime } from "../ui/moment";

/** With values that the page already follows. */
export function ValuesOf({ device, live }: { device: Device; live: Live }) {
  const { past } = useTime();
  const may = useMay();
  if (!may(past ? "history.read" : "observation.read")) return null;
  return past ? <ValuesThen series={[...live.values.keys()]} names={device.series ?? []} /> : <LiveValues live={live} names={device.series ?? []} />;
}

export function DeviceValues({ device }: { device: Device }) {
  return <ValuesOf device={device} live={useLatest(device.id)} />;
}
