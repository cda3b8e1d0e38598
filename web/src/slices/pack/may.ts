// What can be done with an item of the pack, and why not. Pure.
import type { May } from "../../ui/may";
import { type Item, type Kind, type Whole, kinds, singles } from "./model";

export type Act = "edit" | "lift" | "merge" | "keep" | "base";

/** The keys of the acts on the page of an item. */
export const strokes: Record<Act, string> = { edit: "e", lift: "b", merge: "m", keep: "g", base: "b" };

/** The acts that an item has: who writes while a conflict waits chooses by that. */
export function actsOf(state: Item["state"]): readonly Act[] {
  return state === "conflict" ? ["merge", "keep", "base"] : ["edit", "lift"];
}

interface Standing {
  past: boolean;
  may: May;
}

/** Why nothing can be changed now, as a key of the translations; null when it can. */
export function whyFixed({ past, may }: Standing): string | null {
  if (past) return "whyNot.past";
  return may("pack.keep") ? null : "pack.whyNot.role";
}

/** Why the act makes no sense on this item now. */
export function whyNot(act: Act, item: Pick<Item, "state" | "overlay">, standing: Standing): string | null {
  return whyFixed(standing) ?? (act === "lift" && !item.overlay ? "pack.whyNot.noOverlay" : null);
}

/** Why a text is not worth sending. In a conflict every text is: sending it is the choice. */
export function whyNotSave(text: string, item: Whole | null): string | null {
  if (text.trim() === "") return "pack.whyNot.empty";
  if (item?.state === "conflict") return null;
  if (text === (item?.text ?? "")) return "pack.whyNot.same";
  return item?.overlay && text === item.base_text ? "pack.whyNot.base" : null;
}

/** What the server takes as the id of an item (kernel, `is_name`). */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** Whether an item can bear this name: what stands in an address may be anything. */
export function isName(kind: string, id: string): boolean {
  if (!kinds.some((each) => each === kind)) return false;
  return singles.some((each) => each === kind) ? id === kind : NAME.test(id);
}

/** What is wrong with the name of a new item. */
export function whyNoName(kind: Kind, id: string, items: readonly Item[]): string | null {
  if (!isName(kind, id)) return id.trim() === "" ? "pack.new.noId" : "pack.new.badId";
  return items.some((item) => item.kind === kind && item.id === id && item.state !== "absent") ? "pack.new.taken" : null;
}
