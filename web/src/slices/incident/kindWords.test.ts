// Kinds in words.
import { expect, it } from "vitest";
import { kindWords } from "./kindWords";

it.each([
  ["Ngập úng", "Ngập sâu: Điểm ngập 7", "Ngập úng"],
  ["", "Mưa lớn trong 2 giờ: Trạm mưa 7", "Mưa lớn trong 2 giờ"],
  ["", "Cây đổ trước cổng trường", ""],
])("%s and %s are %s", (known, title, words) => expect(kindWords(known, title)).toBe(words));
