// Whether a record is in the tree that a checkpoint signs: the way up from the leaf (RFC 9162 section 2.1.3.2), reckoned here and not by the server.
import type { InclusionProof } from "./wire";

export interface Checkpoint {
  origin: string;
  size: number;
  /** Base64. */
  root: string;
  signatures: string[];
}

/** A checkpoint as text: origin, size and root, a blank line, signatures. Null when it is none. */
export function checkpointOf(note: string): Checkpoint | null {
  const [head = "", tail = ""] = note.split("\n\n");
  const [origin, size, root] = head.split("\n");
  if (!origin || !root || !/^\d+$/.test(size ?? "")) return null;
  return { origin, size: Number(size), root, signatures: tail.split("\n").filter((line) => line.startsWith("— ")) };
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
}

async function sha256(...parts: readonly Uint8Array[]): Promise<Uint8Array<ArrayBuffer>> {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return new Uint8Array(await crypto.subtle.digest("SHA-256", all));
}

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);
const same = (one: Uint8Array, other: Uint8Array) => one.length === other.length && one.every((byte, at) => byte === other[at]);

/** The root to which a leaf and its proof lead; null when the proof has the wrong length. */
export async function rootOf(leaf: Uint8Array<ArrayBuffer>, index: number, size: number, proof: readonly Uint8Array[]): Promise<Uint8Array | null> {
  if (index < 0 || index >= size) return null;
  let [at, last, hash] = [index, size - 1, leaf];
  for (const each of proof) {
    if (last === 0) return null;
    if (at % 2 === 1 || at === last) {
      hash = await sha256(NODE, each, hash);
      while (at % 2 === 0 && at !== 0) {
        at = Math.floor(at / 2);
        last = Math.floor(last / 2);
      }
    } else hash = await sha256(NODE, hash, each);
    at = Math.floor(at / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 ? hash : null;
}

export type Verdict =
  | "fits"
  /** The record is not there any more; its hash is in the tree. */
  | "hash_fits"
  /** Record, hash, way and root do not belong together. */
  | "broken"
  /** This browser reckons no hashes on a page without TLS. */
  | "unknown";

/** What the proof is worth. The signature under the root is for `hanoi-ioc verify audit`, which knows the key from elsewhere. */
export async function judge(proof: InclusionProof): Promise<Verdict> {
  if (typeof crypto === "undefined" || crypto.subtle === undefined) return "unknown";
  const checkpoint = checkpointOf(proof.checkpoint);
  if (!checkpoint || checkpoint.size !== proof.size) return "broken";
  try {
    const leaf = bytesOf(proof.leaf);
    if (proof.entry !== undefined && !same(await sha256(LEAF, new TextEncoder().encode(proof.entry)), leaf)) return "broken";
    const root = await rootOf(leaf, proof.index, proof.size, proof.proof.map(bytesOf));
    if (!root || !same(root, bytesOf(checkpoint.root))) return "broken";
    return proof.entry === undefined ? "hash_fits" : "fits";
  } catch {
    return "broken";
  }
}
