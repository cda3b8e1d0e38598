// How a device stands: blocked, never heard, silent or speaking. Pure.
import type { Device } from "../../api/wire";

export type Standing = "speaking" | "silent" | "never" | "blocked";
export const standings: readonly Standing[] = ["speaking", "silent", "never", "blocked"];

/** A device that was not heard for so many minutes is shown as silent. The page's own yardstick: the alert on silence follows the device's rule. */
export const SILENT_AFTER_MINUTES = 15;

export function standing(device: Device, now: number): Standing {
  if (device.state === "blocked") return "blocked";
  if (!device.last_contact) return "never";
  return now - Date.parse(device.last_contact) > SILENT_AFTER_MINUTES * 60_000 ? "silent" : "speaking";
}
