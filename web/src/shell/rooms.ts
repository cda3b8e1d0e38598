// The rooms of the console: their addresses, keys and marks, in the order of the rail, and what one must be permitted to enter.
import type { Action, May } from "../ui/may";

export interface Room {
  id: "duty" | "map" | "alerts" | "incidents" | "devices" | "quality" | "sql" | "system" | "pack" | "people" | "audit" | "security" | "account";
  path: string;
  /** The key that leads there. */
  key: string;
  /** Path data in a square of 24. */
  icon: string;
  /** All of these are permitted to whoever enters. */
  needs: readonly Action[];
}

export const rooms: readonly Room[] = [
  { id: "duty", path: "/", key: "1", needs: ["alert.read", "device.read"], icon: "M3 4h8v7H3zM13 4h8v16h-8zM3 13h8v7H3z" },
  { id: "map", path: "/map", key: "2", needs: ["alert.read", "device.read"], icon: "M3 6l6-2 6 2 6-2v14l-6 2-6-2-6 2zM9 4v14M15 6v14" },
  { id: "alerts", path: "/alerts", key: "3", needs: ["alert.read"], icon: "M12 3L22 20H2zM12 9v5M12 16.5v1" },
  { id: "incidents", path: "/incidents", key: "4", needs: ["incident.read"], icon: "M5 3h14v18H5zM8 8h8M8 12h8M8 16h5" },
  { id: "devices", path: "/devices", key: "5", needs: ["device.read"], icon: "M12 20v-8M8 16a5.6 5.6 0 0 1 0-8M16 8a5.6 5.6 0 0 1 0 8M5 19a10 10 0 0 1 0-14M19 5a10 10 0 0 1 0 14M10.5 12a1.5 1.5 0 1 0 3 0a1.5 1.5 0 1 0-3 0" },
  { id: "quality", path: "/quality", key: "6", needs: ["quarantine.read", "observation.read"], icon: "M3 5h18l-7 8v6l-4 2v-8zM3 5l4.5 5" },
  { id: "sql", path: "/sql", key: "7", needs: ["sql.ask"], icon: "M3 4h18v16H3zM7 9l3 3-3 3M12 16h5" },
  { id: "system", path: "/system", key: "8", needs: ["status.read"], icon: "M3 13h4l3-8 4 14 3-6h4" },
  { id: "pack", path: "/pack", key: "9", needs: ["pack.read"], icon: "M12 3l8 4.5v9L12 21l-8-4.5v-9zM4 7.5l8 4.5 8-4.5M12 12v9" },
  { id: "people", path: "/people", key: "0", needs: ["person.read"], icon: "M9 11a4 4 0 1 0 0-8a4 4 0 0 0 0 8M2 21a7 7 0 0 1 14 0M16 3.5a4 4 0 0 1 0 7M18.5 14.5A7 7 0 0 1 22 21" },
  { id: "audit", path: "/audit", key: "u", needs: ["audit.read"], icon: "M4 3h12v18H4zM7 8h6M7 12h6M16 8l4 1v4c0 2.5-1.5 4.5-4 5.5" },
  { id: "security", path: "/security", key: "h", needs: ["security.read"], icon: "M12 3l8 3v6c0 4.5-3.4 7.8-8 9-4.6-1.2-8-4.5-8-9V6zM8.5 12l2.5 2.5 4.5-5" },
];

/** Open to everybody, and reached by one's own name. */
export const account: Room = { id: "account", path: "/account", key: "", needs: [], icon: "M12 12a4 4 0 1 0 0-8a4 4 0 0 0 0 8M4 21a8 8 0 0 1 16 0" };

const all = [...rooms, account];

/** May one enter? */
export function admits(id: Room["id"], may: May): boolean {
  return all.find((room) => room.id === id)?.needs.every(may) ?? false;
}

/** The room an address belongs to: the longest path that leads to it. */
export function roomOf(pathname: string): Room["id"] {
  const inside = all.filter(({ path }) => path !== "/" && (pathname === path || pathname.startsWith(`${path}/`)));
  return inside.sort((a, b) => b.path.length - a.path.length)[0]?.id ?? "duty";
}
