// What is asked for when a right or an account is made, and what is wrong with it before the server is asked. Pure.
import { fromField } from "../../lib/age";
import type { RightDraft } from "./fields";
import type { Classification } from "./wire";

export const emptyRight: RightDraft = { role: "", org: "", area: "", until: "" };

/** The fault of each field, as a key of the translations. */
export function rightFaults(draft: RightDraft, now: number, optional = false): Partial<Record<keyof RightDraft, string>> {
  const until = draft.until === "" ? null : fromField(draft.until);
  const bounded = draft.org !== "" || draft.area !== "" || draft.until !== "";
  return {
    ...(draft.role === "" && (!optional || bounded) ? { role: "right.noRole" } : {}),
    ...(draft.until !== "" && (until === null || until <= now) ? { until: "right.over" } : {}),
  };
}

/** As the API takes it; what is empty is left out. */
export function rightBody({ role, org, area, until }: RightDraft): object {
  const end = until === "" ? null : fromField(until);
  return { role, ...(org ? { org } : {}), ...(area ? { area } : {}), ...(end === null ? {} : { until: new Date(end).toISOString() }) };
}

const NAME = /^[a-z0-9._-]{3,64}$/;

/** What is wrong with an account name. */
export function nameFault(name: string): string | null {
  return NAME.test(name) ? null : "people.badName";
}

export function personBody(account: string, kind: "person" | "service", clearance: Classification, right: RightDraft): object {
  return { account, kind, clearance, rights: right.role === "" ? [] : [rightBody(right)] };
}
