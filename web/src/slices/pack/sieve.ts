// Which items of the pack a list shows, how many stand how, and which packs brought them. Pure.
import { fold } from "../../lib/fold";
import type { Item, Kind, State } from "./model";

/** An item with the folded text it is found by. */
export interface Row {
  item: Item;
  key: string;
}

export interface Sieve {
  q?: string;
  kind?: Kind;
  state?: State;
}

export function rowsOf(items: readonly Item[], words: (item: Item) => string): Row[] {
  return items.map((item) => ({ item, key: fold(`${item.id} ${item.file} ${words(item)}`) }));
}

export interface Sifted {
  rows: Row[];
  /** How many there are of each kind and of each state, the other filters applied. */
  kinds: ReadonlyMap<Kind, number>;
  states: ReadonlyMap<State, number>;
}

/** What passes the filters, in the order of the server: by kind and id. */
export function sift(all: readonly Row[], sieve: Sieve): Sifted {
  const asked = fold(sieve.q ?? "").split(" ").filter(Boolean);
  const kinds = new Map<Kind, number>();
  const states = new Map<State, number>();
  const rows: Row[] = [];
  for (const row of all) {
    if (!asked.every((word) => row.key.includes(word))) continue;
    const ofKind = !sieve.kind || row.item.kind === sieve.kind;
    const ofState = !sieve.state || row.item.state === sieve.state;
    if (ofState) kinds.set(row.item.kind, (kinds.get(row.item.kind) ?? 0) + 1);
    if (ofKind) states.set(row.item.state, (states.get(row.item.state) ?? 0) + 1);
    if (ofKind && ofState) rows.push(row);
  }
  return { rows, kinds, states };
}

/** A pack of which texts still stand as a base. */
export interface Source {
  name: string;
  sha256: string;
  /** How many. */
  items: number;
  /** When the last of them was brought, and by whom. */
  at: string;
  by: string;
}

/** The packs that brought what stands as a base, the youngest first. An item that a newer pack did not change keeps the older one's. */
export function sourcesOf(items: readonly Item[]): Source[] {
  const sources = new Map<string, Source>();
  for (const { base } of items) {
    if (!base?.pack) continue;
    const { name, sha256 } = base.pack;
    const known = sources.get(sha256);
    const younger = !known || Date.parse(base.at) > Date.parse(known.at) ? base : known;
    sources.set(sha256, { name, sha256, items: (known?.items ?? 0) + 1, at: younger.at, by: younger.by });
  }
  return [...sources.values()].sort((a, b) => Date.parse(b.at) - Date.parse(a.at) || b.items - a.items);
}
