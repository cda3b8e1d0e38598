// Ages, clock times and durations in words.
import { describe, expect, it } from "vitest";
import { ago, clockTime, durationWords, fromField, moment, running, seconds, span, toField } from "./age";

const noon = Date.parse("2026-11-21T05:00:00Z"); // 12:00 in Hà Nội

describe("ages", () => {
  it.each([
    [0, [0, "second"]],
    [59, [59, "second"]],
    [60, [1, "minute"]],
    [3_599, [59, "minute"]],
    [3_600, [1, "hour"]],
    [86_400, [1, "day"]],
  ])("%i s", (secs, words) => expect(span(secs)).toEqual(words));

  it("never shows a negative age when clocks differ", () => expect(seconds(noon + 5_000, noon)).toBe(0));
  it("speaks Vietnamese and English", () => {
    expect(ago(noon - 3_000, noon, "vi")).toBe("3 giây trước");
    expect(ago(noon - 120_000, noon, "en")).toBe("2 minutes ago");
  });
  it.each([
    [5, "0:05"],
    [125, "2:05"],
    [3_725, "1:02:05"],
  ])("runs %i", (secs, text) => expect(running(secs)).toBe(text));
});

describe("Hà Nội time", () => {
  it("shows the clock", () => expect(clockTime(noon)).toBe("12:00:00"));
  it("shows the day only when it is another one there", () => {
    expect(moment(noon - 60_000, noon)).toBe("11:59");
    expect(moment(Date.parse("2026-11-20T16:59:00Z"), noon)).toBe("20/11 23:59");
    expect(moment(Date.parse("2026-11-20T17:00:00Z"), noon)).toBe("00:00");
    expect(moment(Date.parse("2025-08-26T03:00:00Z"), noon)).toBe("26/08/2025 10:00");
  });
  it("reads and writes date fields", () => {
    expect(toField(noon)).toBe("2026-11-21T12:00");
    expect(fromField("2026-11-21T12:00")).toBe(noon);
    expect(fromField("")).toBeNull();
  });
});

it.each([
  ["PT5M", "5 phút"],
  ["PT1H30M", "1 giờ 30 phút"],
  ["P1D", "1 ngày"],
  ["PT2.5S", "2,5 giây"],
  ["P", null],
  ["5 min", null],
])("%s is %s", (text, words) => expect(durationWords(text, "vi")).toBe(words));
