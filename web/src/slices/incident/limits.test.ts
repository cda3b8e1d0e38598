// What the server would refuse is said before it is sent.
import { expect, it } from "vitest";
import { MOST_BYTES, wrongWords } from "./limits";

it("counts bytes, not letters, and asks for words only where they are needed", () => {
  expect(wrongWords(" ", true)).toBe("incident.missing");
  expect(wrongWords(" ", false)).toBeNull();
  expect(wrongWords("đ".repeat(MOST_BYTES / 2), true)).toBeNull();
  expect(wrongWords("đ".repeat(MOST_BYTES / 2 + 1), true)).toBe("incident.tooLong");
});
