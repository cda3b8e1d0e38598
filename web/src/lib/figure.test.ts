// Numbers and units as people read them.
import { expect, it } from "vitest";
import { figure, withUnit } from "./figure";

it.each([
  [1234.56, "vi", "1.234,6"],
  [1234.56, "en", "1,234.6"],
  [0.12345, "en", "0.123"],
  [null, "vi", "–"],
  [Number.NaN, "vi", "–"],
  [true, "vi", "true"],
  ["ok", "vi", "ok"],
])("%s in %s is %s", (value, language, text) => expect(figure(value, language)).toBe(text));

it("joins value and unit", () => {
  expect(withUnit(35.5, "ug/m3", "vi")).toBe("35,5 µg/m³");
  expect(withUnit(3, "1", "vi")).toBe("3");
  expect(withUnit(undefined, "cm", "vi")).toBe("–");
});
