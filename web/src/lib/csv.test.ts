// Rows as CSV.
import { expect, it } from "vitest";
import { csvOf } from "./csv";

const body = (rows: unknown[][]) => csvOf(["a"], rows).slice(1).split("\r\n").slice(1, -1);

it("has a mark, a head, and an end on each line", () => expect(csvOf(["a", "b"], [[1, "x"]])).toBe("\uFEFFa,b\r\n1,x\r\n"));
it.each([
  ["Phường Hoàn Kiếm", "Phường Hoàn Kiếm"],
  ['say "hi", all', '"say ""hi"", all"'],
  ["two\nlines", '"two\nlines"'],
  ["=1+1", "'=1+1"],
  ["@cmd", "'@cmd"],
  ["-5.5e3", "-5.5e3"],
  [-5.5, "-5.5"],
  [null, ""],
  [true, "true"],
  [{ lon: 1, lat: 2 }, '"{""lon"":1,""lat"":2}"'],
])("%j", (value, wanted) => expect(body([[value]]).join("\r\n")).toBe(wanted));
