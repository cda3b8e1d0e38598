// How an account of the operating system is written.
import { expect, it } from "vitest";
import { accountWords } from "./model";

it("an account without a name is its number", () => {
  expect(accountWords("ioc", 998)).toBe("ioc (998)");
  expect(accountWords(null, 0)).toBe("0");
  expect(accountWords("", 7)).toBe("7");
});
