// The last runs of the lake's jobs in words.
import i18next from "i18next";
import { beforeAll, expect, it } from "vitest";
import vi from "../../locales/vi.json";
import { jobWords } from "./jobs";

beforeAll(() => i18next.init({ resources: { vi: { translation: vi } }, lng: "vi", interpolation: { escapeValue: false } }));

it.each([
  ["commit", "27792 rows in 1 files, 458 ms", "27.792 dòng vào 1 tệp, 458 ms"],
  ["rollup", "12 buckets", "12 khoảng"],
  ["checkpoint", "rollup_5m at version 30", "rollup_5m ở phiên bản 30"],
  ["series", "5218 series", "5.218 chuỗi"],
  ["retention", "0 rows", "xóa 0 dòng"],
  ["vacuum", "3 data files, 40 old commits", "xóa 3 tệp dữ liệu, 40 lần ghi cũ"],
  ["compact", "2 groups packed, 5 wait", "đã gộp 2 nhóm, còn 5 nhóm"],
  ["commit", "the disk is full", "the disk is full"],
  ["another", "0 rows", "0 rows"],
])("%s: %s", (name, detail, words) => expect(jobWords((key, parts) => i18next.t(key, parts), name, detail, "vi")).toBe(words));
