// What the one who is signed in may do, in the post in which they act. Given by the gate; rooms, panels and buttons ask.
import { createContext, useContext } from "react";

/** The actions that the console asks about, as crates/0-foundation/policy/rules/actions.toml names them. */
export const actions = [
  "alert.read", "alert.acknowledge", "alert.comment", "alert.shelve",
  "incident.read", "incident.open", "incident.note", "incident.work", "incident.assign", "incident.grade", "incident.link", "incident.close",
  "device.read", "command.read", "command.give", "observation.read", "history.read", "indicator.read",
  "quarantine.read", "quarantine.replay", "sql.ask", "lake.read", "status.read", "event.follow", "pack.read", "pack.keep",
  "account.keep", "session.switch", "person.read", "person.keep", "right.keep", "session.keep", "token.keep", "service.keep", "review.read", "audit.read", "setting.read",
  "security.read", "security.act", "security.block_account", "security.block_token", "security.quarantine_device", "security.cut_session", "security.review", "security.keep", "emergency.unlock",
] as const;
export type Action = (typeof actions)[number];
export type May = (action: Action) => boolean;

/** What is not named is refused. */
export function mayBy(permitted: readonly string[]): May {
  const all = new Set(permitted);
  return (action) => all.has(action);
}

export const MayContext = createContext<May>(() => false);

export function useMay(): May {
  return useContext(MayContext);
}
