// Which devices a list shows, in which order, and how many stand how. Pure.
import type { Device, Words } from "../../api/wire";
import { fold } from "../../lib/fold";
import { type Standing, standing } from "./contact";

/** A device with its standing and the folded text it is found by. */
export interface Row {
  device: Device;
  standing: Standing;
  key: string;
}

export interface Sieve {
  q?: string;
  area?: string;
  profile?: string;
  standing?: Standing;
  sort?: "contact";
}

export function rowsOf(devices: readonly Device[], names: (device: Device) => string): Row[] {
  return devices.map((device) => ({ device, standing: standing(device), key: fold(`${device.id} ${words(device.title)} ${names(device)}`) }));
}

const words = (title: Words) => Object.values(title).filter(Boolean).join(" ");

export interface Sifted {
  rows: Row[];
  /** How many there are of each standing, and of each profile, the other filters applied. */
  standings: ReadonlyMap<Standing, number>;
  profiles: ReadonlyMap<string, number>;
}

const unwell: Record<Standing, number> = { silent: 0, blocked: 1, never: 2, speaking: 3 };

/** What passes the filters. By default in the order of the registry; by `contact`: the unwell first, then who was heard longest ago. */
export function sift(all: readonly Row[], sieve: Sieve): Sifted {
  const asked = fold(sieve.q ?? "").split(" ").filter(Boolean);
  const standings = new Map<Standing, number>();
  const profiles = new Map<string, number>();
  const rows: Row[] = [];
  for (const row of all) {
    if (sieve.area && !row.device.areas.includes(sieve.area)) continue;
    if (!asked.every((word) => row.key.includes(word))) continue;
    const ofProfile = !sieve.profile || row.device.profile === sieve.profile;
    const ofStanding = !sieve.standing || row.standing === sieve.standing;
    if (ofProfile) standings.set(row.standing, (standings.get(row.standing) ?? 0) + 1);
    if (ofStanding) profiles.set(row.device.profile, (profiles.get(row.device.profile) ?? 0) + 1);
    if (ofProfile && ofStanding) rows.push(row);
  }
  if (sieve.sort === "contact") {
    const heard = (row: Row) => (row.device.last_contact ? Date.parse(row.device.last_contact) : 0);
    rows.sort((a, b) => unwell[a.standing] - unwell[b.standing] || heard(a) - heard(b) || (a.device.id < b.device.id ? -1 : 1));
  }
  return { rows, standings, profiles };
}
