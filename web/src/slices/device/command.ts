// Commands to a device: what the API says of them, and which a device takes. Pure.
import type { Device, Instant, Words } from "../../api/wire";

export type CommandState = "queued" | "sent" | "done" | "refused" | "expired" | "failed";

export interface Command {
  id: string;
  device: string;
  name: string;
  params: Record<string, unknown>;
  state: CommandState;
  by: string;
  at: Instant;
  deadline: Instant;
  answer?: { ok?: boolean; result?: unknown; reason?: string | null } | null;
  /** Why the house did not pass it on. */
  reason?: { code: string; title: Words } | null;
}

/** Is the end of the command still open? */
export function pending(command: Command): boolean {
  return command.state === "queued" || command.state === "sent";
}

/** The state the pump was last told to take and did take; null when nobody told it. `commands`: newest first. */
export function lastOn(commands: readonly Command[]): boolean | null {
  const done = commands.find((command) => command.name === "pump.set" && command.state === "done");
  return typeof done?.params.on === "boolean" ? done.params.on : null;
}

/** Does the device take pump commands? */
export function isPump(device: Device): boolean {
  return /pump/.test(device.profile);
}

/** Why no command can be given now, as a key of the translations; null when one can. */
export function whyNoCommand(device: Device, commands: readonly Command[], past: boolean): string | null {
  if (past) return "whyNot.past";
  if (device.state === "blocked") return "command.blocked";
  return commands.some(pending) ? "command.pending" : null;
}
