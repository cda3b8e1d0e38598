// The findings of the intake in words.
import i18next from "i18next";
import { beforeAll, expect, it } from "vitest";
import en from "../../locales/en.json";
import vi from "../../locales/vi.json";
import { findingWords } from "./finding";

const now = Date.parse("2026-11-21T15:20:00Z");
beforeAll(() => i18next.init({ resources: { vi: { translation: vi }, en: { translation: en } }, lng: "vi", interpolation: { escapeValue: false } }));
const said = (reason: string, detail: string) => findingWords((key, parts) => i18next.t(key, parts), reason, detail, now, "vi");

it.each([
  ["out_of_range", "rain of rain-gauge-126 is 3276.7; possible are 0 to 500 mm/h", "rain là 3.276,7; chỉ có thể từ 0 đến 500 mm/h."],
  ["out_of_range", "depth of g is -1; possible are 0 to no limit m", "depth là -1; chỉ có thể từ 0 đến ∞ m."],
  ["time_future", "state of street-light-640: time 2026-11-22T15:14:42.532865Z; accepted are 2025-10-17T15:14:42.532865Z to 2026-11-21T15:24:42.532865Z, check the sender's clock and the precision", "state ghi giờ 22/11 22:14; chỉ nhận từ 17/10/2025 22:14 đến 22:24. Hãy kiểm tra đồng hồ của nơi gửi."],
  ["not_finite", "depth of g is NaN; send a finite number, or nothing", "depth là NaN, không phải một số hữu hạn."],
  ["wrong_unit", "depth of g came in 'kg'; accepted are m, mm, cm, km", "depth gửi theo đơn vị “kg”; chỉ nhận m, mm, cm, km."],
  ["wrong_type", "depth of g came as text; the series holds number", "depth gửi kiểu text; chuỗi này giữ kiểu number."],
  ["too_long", "note of g is too long; a text has at most 1024 bytes, a JSON value 16384", "note quá dài: chữ tối đa 1.024 byte, JSON tối đa 16.384 byte."],
  ["unknown_device", "no device 'x-1' is registered; register it, then send again", "Chưa đăng ký thiết bị “x-1”. Hãy đăng ký rồi gửi lại."],
  ["unknown_series", "the profile of 'g' binds no name 'wet'; it binds battery, depth", "Loại của thiết bị “g” không có đại lượng “wet”; chỉ có battery, depth."],
  ["not_spoken_for", "the sender does not speak for 'g'; name it as the device's gateway first", "Nơi gửi không được nói thay “g”. Hãy khai báo nó là cổng kết nối của thiết bị trước."],
  ["not_spoken_for", "h does not speak for g; name it as the device's gateway first", "Nơi gửi không được nói thay “g”. Hãy khai báo nó là cổng kết nối của thiết bị trước."],
])("%s", (reason, detail, words) => expect(said(reason, detail)).toBe(words));

it("a sentence of another shape stays as the server wrote it", () => {
  expect(said("malformed", "the row has no name")).toBe("the row has no name");
  expect(said("out_of_range", "something else")).toBe("something else");
});
