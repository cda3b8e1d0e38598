// Which ways to look at an item of the pack there are. Pure.
import type { Whole } from "./model";

/** The conflict; what is changed here; the text that counts; the pack's own. */
export const views = ["conflict", "diff", "text", "base"] as const;
export type View = (typeof views)[number];

/** Those that make sense for the item, the one to begin with first; none when no text counts. */
export function viewsOf(item: Pick<Whole, "conflict" | "base_text" | "overlay_text" | "text">): readonly View[] {
  if (typeof item.text !== "string") return [];
  const both = typeof item.base_text === "string" && typeof item.overlay_text === "string";
  return views.filter((view) => (view === "conflict" ? Boolean(item.conflict) : view === "text" || both));
}
