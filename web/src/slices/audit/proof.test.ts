// Proofs of small trees, whole and tampered with; the trees are built as RFC 6962 section 2.1 says.
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { checkpointOf, judge } from "./proof";
import type { InclusionProof } from "./wire";

const sha = (...parts: Buffer[]) => createHash("sha256").update(Buffer.concat(parts)).digest();
const leafOf = (entry: string) => sha(Buffer.of(0), Buffer.from(entry));
const split = (length: number) => 2 ** (Math.ceil(Math.log2(length)) - 1);

function root(leaves: Buffer[]): Buffer {
  const [first] = leaves;
  if (leaves.length === 1 && first) return first;
  const k = split(leaves.length);
  return sha(Buffer.of(1), root(leaves.slice(0, k)), root(leaves.slice(k)));
}

function way(index: number, leaves: Buffer[]): Buffer[] {
  if (leaves.length === 1) return [];
  const k = split(leaves.length);
  return index < k ? [...way(index, leaves.slice(0, k)), root(leaves.slice(k))] : [...way(index - k, leaves.slice(k)), root(leaves.slice(0, k))];
}

const note = (size: number, top: Buffer) => `hanoi-ioc/gov\n${size}\n${top.toString("base64")}\n\n— hanoi-ioc/gov c2lnbmF0dXJl\n`;

function proofOf(index: number, size: number): InclusionProof {
  const entries = Array.from({ length: size }, (_, at) => `{"act":"việc ${at}"}`);
  const leaves = entries.map(leafOf);
  return { index, size, leaf: (leaves[index] as Buffer).toString("base64"), entry: entries[index] ?? "", proof: way(index, leaves).map((hash) => hash.toString("base64")), checkpoint: note(size, root(leaves)) };
}

describe.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 17, 33])("a tree of %i", (size) => {
  it("proves each of its records", async () => {
    for (let index = 0; index < size; index += 1) expect([index, await judge(proofOf(index, size))]).toEqual([index, "fits"]);
  });
});

describe("a proof that does not fit", () => {
  const good = proofOf(3, 7);
  const other = proofOf(4, 7);
  it.each<[string, Partial<InclusionProof>]>([
    ["another text", { entry: good.entry?.replace("việc", "Việc") ?? "" }],
    ["another number", { index: 4 }],
    ["a number beyond the tree", { index: 7 }],
    ["another hash", { leaf: other.leaf }],
    ["a way that is too short", { proof: good.proof.slice(1) }],
    ["a way that is too long", { proof: [...good.proof, good.leaf] }],
    ["a checkpoint of another size", { size: 8 }],
    ["another checkpoint", { checkpoint: proofOf(3, 6).checkpoint }],
    ["no checkpoint", { checkpoint: "hello" }],
    ["no hashes", { proof: ["%"] }],
  ])("%s", async (_, change) => expect(await judge({ ...good, ...change })).toBe("broken"));

  it("a record that was dropped leaves its hash", async () => {
    const { entry: _, ...dropped } = good;
    expect(await judge(dropped)).toBe("hash_fits");
  });
});

it("reads a checkpoint", () => {
  expect(checkpointOf("a\n12\ncm9vdA==\nextension\n\n— a c2ln\n— b c2ln\n")).toEqual({ origin: "a", size: 12, root: "cm9vdA==", signatures: ["— a c2ln", "— b c2ln"] });
  for (const none of ["", "a\nb\nc", "a\n12"]) expect(checkpointOf(none)).toBeNull();
});
