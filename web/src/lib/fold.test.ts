// Search without accents.
import { describe, expect, it } from "vitest";
import { find, fold } from "./fold";

describe("fold", () => {
  it.each([
    ["Hồ Gươm", "ho guom"],
    ["Đường Đê La Thành", "duong de la thanh"],
    ["  PHƯỜNG   Ô Chợ Dừa ", "phuong o cho dua"],
    ["Hồ Gươm".normalize("NFD"), "ho guom"],
    ["WL-001/a", "wl 001 a"],
    ["", ""],
  ])("%s → %s", (text, key) => expect(fold(text)).toBe(key));
});

describe("find", () => {
  const items = ["Phường Hoàn Kiếm", "Phường Kim Liên", "Trạm đo Hồ Hoàn Kiếm", "Hoàn Kiếm"].map((name) => ({
    name,
    key: fold(name),
  }));
  const names = (query: string, limit = 9) => find(items, query, limit).map((item) => item.name);

  it("finds without accents, exact name first", () => {
    expect(names("hoan kiem")).toEqual(["Hoàn Kiếm", "Phường Hoàn Kiếm", "Trạm đo Hồ Hoàn Kiếm"]);
  });
  it("finds with accents too", () => expect(names("Kim Liên")).toEqual(["Phường Kim Liên"]));
  it("needs every word", () => expect(names("hoan lien")).toEqual([]));
  it("finds nothing for blanks", () => expect(names("  ")).toEqual([]));
  it("keeps to the limit", () => expect(names("kiem", 2)).toHaveLength(2));
});
