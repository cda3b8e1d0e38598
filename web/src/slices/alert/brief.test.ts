// Titles next to their area.
import { expect, it } from "vitest";
import { brief } from "./brief";

it.each([
  ["Ngập sâu: Điểm 01, Phường Hoàn Kiếm", ["Phường Hoàn Kiếm"], "Ngập sâu: Điểm 01"],
  ["Ngập sâu: Điểm 01, Phường Hoàn Kiếm", ["Phường Cửa Nam"], "Ngập sâu: Điểm 01, Phường Hoàn Kiếm"],
  ["Ngập sâu, Phường Hoàn Kiếm", ["Phường Cửa Nam", "Phường Hoàn Kiếm"], "Ngập sâu"],
  ["Phường Hoàn Kiếm", ["Phường Hoàn Kiếm"], "Phường Hoàn Kiếm"],
  ["Ngập sâu", [""], "Ngập sâu"],
  ["Ngập sâu", [], "Ngập sâu"],
])("%s beside %j", (title, areas, wanted) => expect(brief(title, areas)).toBe(wanted));
