// What the API of security says: short names for the contract, and what the contract leaves open.
import type { components } from "../../api/schema";
import type { Instant, Words } from "../../api/wire";

type Schemas = components["schemas"];

export const kinds = ["device", "account", "link", "api", "store", "dashboard"] as const;
export type Kind = (typeof kinds)[number];
export const findings = ["keep", "change", "remove"] as const;
export type Finding = (typeof findings)[number];

/** An object of the inventory; the contract calls it an object and no more. */
export interface InventoryObject {
  kind: Kind;
  id: string;
  title: Words;
  /** The code of the organisation that answers for it. */
  owner: string | null;
  /** As its source calls it, such as `active` or `off`. */
  state: string;
  detail: Record<string, string>;
  last_review: { by: string; at: Instant; finding: Finding; note: string } | null;
  reviews: number;
}

export const grades = ["critical", "high", "medium", "low", "unknown"] as const;
export const flawStates = ["open", "accepted", "mended"] as const;
export type FlawState = (typeof flawStates)[number];
export type Flaw = Schemas["Vulnerability"];

export const actionKinds = ["block_account", "block_token", "quarantine_device", "cut_session"] as const;
export type ActionKind = (typeof actionKinds)[number];
export const actionStates = ["in_force", "begun", "undoing", "done", "undone", "failed"] as const;
export type SecurityAction = Schemas["SecurityAction"];

export const incidentStates = ["open", "closed"] as const;
export type SocIncident = Omit<Schemas["SocIncident"], "objects"> & { objects: { kind: string; id: string }[] };

export const clientKinds = ["account", "token", "device", "anonymous", "other"] as const;
export type Usage = Schemas["ClientUsage"];
