// What the API of security says: short names for the contract, and the words that it takes.
import type { components } from "../../api/schema";

type Schemas = components["schemas"];

export const kinds = ["device", "account", "link", "api", "store", "dashboard"] as const;
export type Kind = (typeof kinds)[number];
export const findings = ["keep", "change", "remove"] as const;
export type Finding = (typeof findings)[number];

export type InventoryObject = Schemas["InventoryObject"];

export const grades = ["critical", "high", "medium", "low", "unknown"] as const;
export const flawStates = ["open", "accepted", "mended"] as const;
export type FlawState = (typeof flawStates)[number];
export type Flaw = Schemas["Vulnerability"];
/** What an import of parts or advisories came to. */
export type Imported = Schemas["VulnerabilityImport"];

export const actionKinds = ["block_account", "block_token", "quarantine_device", "cut_session"] as const;
export type ActionKind = (typeof actionKinds)[number];
export const actionStates = ["in_force", "begun", "undoing", "done", "undone", "failed"] as const;
export type SecurityAction = Schemas["SecurityAction"];

export const incidentStates = ["open", "closed"] as const;
export type SocIncident = Schemas["SocIncident"];

export const clientKinds = ["account", "token", "device", "anonymous", "other"] as const;
export type Usage = Schemas["ClientUsage"];
