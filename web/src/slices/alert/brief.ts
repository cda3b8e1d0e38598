// A title without what stands beside it anyway. Pure.

/** "Ngập sâu: Điểm ngập 01, Phường Hoàn Kiếm" is "Ngập sâu: Điểm ngập 01" where the area is shown as well. */
export function brief(title: string, areas: readonly string[]): string {
  const area = areas.find((name) => name !== "" && title.endsWith(`, ${name}`));
  return area === undefined ? title : title.slice(0, -area.length - 2);
}
