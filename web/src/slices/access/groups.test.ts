// A secret in groups of four.
import { expect, it } from "vitest";
import { inFours } from "./groups";

it.each([
  ["GEZDGNBVGY3TQOJQ", "GEZD GNBV GY3T QOJQ"],
  ["ABCDE", "ABCD E"],
  ["AB CD", "ABCD"],
  ["", ""],
])("%j is %j", (secret, shown) => expect(inFours(secret)).toBe(shown));
