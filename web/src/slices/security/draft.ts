// What the dialogs of security ask for, and what is wrong with it before the server is asked. Pure.
import { fromField } from "../../lib/age";
import type { Action, May } from "../../ui/may";
import type { ActionKind, Flaw, FlawState } from "./wire";
import { actionKinds } from "./wire";

const YEAR = 366 * 86_400_000;

export interface ActionDraft {
  kind: ActionKind;
  account: string;
  /** Id of the API token or of the session. */
  part: string;
  device: string;
  reason: string;
  /** As a `datetime-local` field in Hà Nội; empty: until somebody takes it back. */
  until: string;
}

type Faults<T> = Partial<Record<keyof T, string>>;

/** The rights beside `security.act`; each kind takes its own. */
const rights: Record<ActionKind, Action> = { block_account: "security.block_account", block_token: "security.block_token", quarantine_device: "security.quarantine_device", cut_session: "security.cut_session" };
export const mayTake = (kind: string, may: May) => may("security.act") && actionKinds.some((each) => each === kind && may(rights[each]));

const length = (text: string) => [...text.trim()].length;
const reasonFault = (text: string) => (length(text) < 3 || length(text) > 500 ? "security.bad.reason" : null);

/** What is wrong with an end: it lies ahead, by at most 366 days. */
export function untilFault(until: string, now: number, needed: boolean): string | null {
  const at = until === "" ? null : fromField(until);
  if (until === "") return needed ? "security.bad.until" : null;
  return at === null || at <= now || at > now + YEAR ? "security.bad.until" : null;
}

const found = <T>(faults: { [K in keyof T]?: string | null }): Faults<T> => Object.fromEntries(Object.entries(faults).filter(([, fault]) => fault)) as Faults<T>;

export function actionFaults(draft: ActionDraft, now: number): Faults<ActionDraft> {
  const device = draft.kind === "quarantine_device";
  const part = draft.kind === "block_token" || draft.kind === "cut_session";
  return found<ActionDraft>({
    account: !device && draft.account.trim() === "" ? "security.bad.account" : null,
    device: device && draft.device.trim() === "" ? "security.bad.device" : null,
    part: part && draft.part === "" ? `security.bad.${draft.kind}` : null,
    reason: reasonFault(draft.reason),
    // A session that was cut cannot be given back.
    until: draft.kind === "cut_session" ? null : untilFault(draft.until, now, false),
  });
}

export function actionBody({ kind, account, part, device, reason, until }: ActionDraft) {
  const end = kind === "cut_session" || until === "" ? null : fromField(until);
  const target = kind === "quarantine_device" ? { device: device.trim() } : { account: account.trim(), ...(kind === "block_token" ? { token: part } : kind === "cut_session" ? { session: part } : {}) };
  return { kind, target, reason: reason.trim(), ...(end === null ? {} : { until: new Date(end).toISOString() }) };
}

export interface FlawDraft {
  state: FlawState;
  reason: string;
  until: string;
  owner: string;
}

export function flawFaults(draft: FlawDraft, flaw: Flaw, now: number): Faults<FlawDraft> {
  if (Object.keys(flawBody(draft, flaw)).length === 0) return { state: "security.bad.nothing" };
  const said = "state" in flawBody(draft, flaw);
  return found<FlawDraft>({
    reason: said && draft.state !== "open" ? reasonFault(draft.reason) : null,
    until: said && draft.state === "accepted" ? untilFault(draft.until, now, true) : null,
  });
}

/** Only what changes. An accepted one may be accepted anew, with another reason or end. */
export function flawBody({ state, reason, until, owner }: FlawDraft, flaw: Flaw): { state?: string; reason?: string; until?: string; owner?: string } {
  const end = until === "" ? null : fromField(until);
  const told = state !== flaw.state || (state !== "open" && (reason.trim() !== "" || until !== ""));
  return {
    ...(told ? { state } : {}),
    ...(told && state !== "open" ? { reason: reason.trim() } : {}),
    ...(told && state === "accepted" && end !== null ? { until: new Date(end).toISOString() } : {}),
    ...(owner !== "" && owner !== flaw.owner ? { owner } : {}),
  };
}
