// How a device stands: blocked, never heard, silent or speaking. Pure.
import type { Device } from "../../api/wire";

export type Standing = "speaking" | "silent" | "never" | "blocked";
export const standings: readonly Standing[] = ["speaking", "silent", "never", "blocked"];

/** The server judges silence by the interval that the device's own profile promises. */
export function standing(device: Device): Standing {
  if (device.state === "blocked") return "blocked";
  return device.presence === "alive" ? "speaking" : device.presence;
}
