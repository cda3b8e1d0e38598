// The rooms of the console: their addresses, keys and marks, in the order of the rail.
export interface Room {
  id: "duty" | "map" | "alerts" | "incidents" | "devices" | "quality" | "sql" | "system" | "pack";
  path: string;
  /** The digit that leads there. */
  key: string;
  /** Path data in a square of 24. */
  icon: string;
  /** On a phone: in the bar, or behind "more". */
  bar: boolean;
}

export const rooms: readonly Room[] = [
  { id: "duty", path: "/", key: "1", bar: true, icon: "M3 4h8v7H3zM13 4h8v16h-8zM3 13h8v7H3z" },
  { id: "map", path: "/map", key: "2", bar: true, icon: "M3 6l6-2 6 2 6-2v14l-6 2-6-2-6 2zM9 4v14M15 6v14" },
  { id: "alerts", path: "/alerts", key: "3", bar: true, icon: "M12 3L22 20H2zM12 9v5M12 16.5v1" },
  { id: "incidents", path: "/incidents", key: "4", bar: true, icon: "M5 3h14v18H5zM8 8h8M8 12h8M8 16h5" },
  { id: "devices", path: "/devices", key: "5", bar: false, icon: "M12 20v-8M8 16a5.6 5.6 0 0 1 0-8M16 8a5.6 5.6 0 0 1 0 8M5 19a10 10 0 0 1 0-14M19 5a10 10 0 0 1 0 14M10.5 12a1.5 1.5 0 1 0 3 0a1.5 1.5 0 1 0-3 0" },
  { id: "quality", path: "/quality", key: "6", bar: false, icon: "M3 5h18l-7 8v6l-4 2v-8zM3 5l4.5 5" },
  { id: "sql", path: "/sql", key: "7", bar: false, icon: "M3 4h18v16H3zM7 9l3 3-3 3M12 16h5" },
  { id: "system", path: "/system", key: "8", bar: false, icon: "M3 13h4l3-8 4 14 3-6h4" },
  { id: "pack", path: "/pack", key: "9", bar: false, icon: "M12 3l8 4.5v9L12 21l-8-4.5v-9zM4 7.5l8 4.5 8-4.5M12 12v9" },
];

/** The room an address belongs to: the longest path that leads to it. */
export function roomOf(pathname: string): Room["id"] {
  const inside = rooms.filter(({ path }) => path !== "/" && (pathname === path || pathname.startsWith(`${path}/`)));
  return inside.sort((a, b) => b.path.length - a.path.length)[0]?.id ?? "duty";
}
