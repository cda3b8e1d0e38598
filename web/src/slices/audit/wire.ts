// What the API of the audit trail says, exactly as crates/0-foundation/audit/src/wire.rs writes it. Until api/schema.ts is generated from this server: then these names come from there.
import type { Instant } from "../../api/wire";

export const outcomes = ["allowed", "denied", "failed"] as const;
export type Outcome = (typeof outcomes)[number];
export const classes = ["read", "change", "security"] as const;
export type AuditClass = (typeof classes)[number];

/** Who acted; nobody in particular has no id. */
export type Actor = { kind: "person" | "device" | "service"; id: string } | { kind: "anonymous" };

export interface AuditItem {
  /** Its number in the tree, from 0. */
  index: number;
  id: string;
  at: Instant;
  actor: Actor;
  /** Such as `GET /api/v1/alerts/{id}`. */
  act: string;
  target: string;
  outcome: Outcome;
  class: AuditClass;
  from: string;
  detail: Record<string, string>;
}

export interface AuditPage {
  /** Newest first; a page may be empty although there are more. */
  items: AuditItem[];
  next?: string;
  /** Records in the tree when the page was read. */
  size: number;
}

export interface InclusionProof {
  index: number;
  /** Size of the tree that the checkpoint signs. */
  size: number;
  /** Base64 of SHA-256 over a zero byte and the entry. */
  leaf: string;
  /** The record as it is in the tree; absent when it was dropped. */
  entry?: string;
  /** Base64, from the leaf's neighbour up. */
  proof: string[];
  /** The signed checkpoint (C2SP tlog-checkpoint). */
  checkpoint: string;
}
