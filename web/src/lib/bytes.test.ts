// Sizes in words.
import { expect, it } from "vitest";
import { bytes } from "./bytes";

it.each([
  [0, "0 B"],
  [999, "999 B"],
  [1_000, "1 kB"],
  [1_550_000, "1,6 MB"],
  [999_600, "1 MB"],
  [20_400_000_000, "20 GB"],
  [-5, "0 B"],
])("%i is %s", (count, text) => expect(bytes(count, "vi")).toBe(text));
