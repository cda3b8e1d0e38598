// What the dialogs of security send, and what they refuse to send.
import { describe, expect, it } from "vitest";
import { mayBy } from "../../ui/may";
import { type ActionDraft, type FlawDraft, actionBody, actionFaults, flawBody, flawFaults, mayTake } from "./draft";
import type { Flaw } from "./wire";

const now = Date.parse("2026-11-22T05:00:00Z");
const draft = (change: Partial<ActionDraft>): ActionDraft => ({ kind: "block_account", account: "nguyen.an", part: "", device: "", reason: "SOC-7: lộ mật khẩu", until: "", ...change });

it.each<[string, ActionDraft, Partial<Record<keyof ActionDraft, string>>]>([
  ["nothing", draft({}), {}],
  ["no account", draft({ account: " " }), { account: "security.bad.account" }],
  ["no reason", draft({ reason: " ab " }), { reason: "security.bad.reason" }],
  ["an end that is over (12:00 in Hà Nội is now)", draft({ until: "2026-11-22T12:00" }), { until: "security.bad.until" }],
  ["an end too far ahead", draft({ until: "2028-01-01T00:00" }), { until: "security.bad.until" }],
  ["no session", draft({ kind: "cut_session" }), { part: "security.bad.cut_session" }],
  ["no device", draft({ kind: "quarantine_device" }), { device: "security.bad.device" }],
])("an action lacks %s", (_, each, wanted) => expect(actionFaults(each, now)).toEqual(wanted));

it("names of a target what its kind takes, and nothing else", () => {
  expect(actionBody(draft({ device: "pump-1", part: "t", until: "2026-11-23T12:00" }))).toEqual({ kind: "block_account", target: { account: "nguyen.an" }, reason: "SOC-7: lộ mật khẩu", until: "2026-11-23T05:00:00.000Z" });
  expect(actionBody(draft({ kind: "block_token", part: "t" })).target).toEqual({ account: "nguyen.an", token: "t" });
  expect(actionBody(draft({ kind: "cut_session", part: "s", until: "2026-11-23T12:00" }))).toEqual({ kind: "cut_session", target: { account: "nguyen.an", session: "s" }, reason: "SOC-7: lộ mật khẩu" });
  expect(actionBody(draft({ kind: "quarantine_device", device: " pump-1 " })).target).toEqual({ device: "pump-1" });
});

it("each kind of action takes its own right beside the common one", () => {
  expect(["block_account", "cut_session", "nonsense"].map((kind) => mayTake(kind, mayBy(["security.act", "security.block_account"])))).toEqual([true, false, false]);
  expect(mayTake("block_account", mayBy(["security.block_account"]))).toBe(false);
});

describe("a change of a vulnerability", () => {
  const flaw = { state: "open", owner: null } as Flaw;
  const said = (change: Partial<FlawDraft>): FlawDraft => ({ state: "open", reason: "", until: "", owner: "", ...change });
  it("says something", () => expect(flawFaults(said({}), flaw, now)).toEqual({ state: "security.bad.nothing" }));
  it("may name an owner only", () => {
    expect(flawFaults(said({ owner: "so-xay-dung" }), flaw, now)).toEqual({});
    expect(flawBody(said({ owner: "so-xay-dung" }), flaw)).toEqual({ owner: "so-xay-dung" });
  });
  it("accepts with reason and end", () => {
    expect(flawFaults(said({ state: "accepted" }), flaw, now)).toEqual({ reason: "security.bad.reason", until: "security.bad.until" });
    expect(flawBody(said({ state: "accepted", reason: "không dùng tới", until: "2026-11-23T12:00" }), flaw)).toEqual({ state: "accepted", reason: "không dùng tới", until: "2026-11-23T05:00:00.000Z" });
  });
  it("mends with a reason, and opens with nothing", () => {
    expect(flawBody(said({ state: "mended", reason: "lên 1.0.1", until: "2026-11-23T12:00" }), flaw)).toEqual({ state: "mended", reason: "lên 1.0.1" });
    expect(flawBody(said({ state: "open", reason: "x" }), { ...flaw, state: "mended" })).toEqual({ state: "open" });
  });
});
