// Which ways to look at an item there are.
import { expect, it } from "vitest";
import { viewsOf } from "./views";
import { whole } from "./sample";

it.each([
  ["as delivered", whole(), "text"],
  ["changed here", whole({ overlay_text: "b\n", text: "b\n" }), "diff text base"],
  // What waits for a choice is seen first.
  ["in conflict", whole({ overlay_text: "b\n", text: "b\n", conflict: { diff_base: "", diff_overlay: "" } }), "conflict diff text base"],
  // There is nothing to compare with: the pack has no such file.
  ["made here", whole({ base_text: null, overlay_text: "b\n", text: "b\n" }), "text"],
  ["in conflict with a pack that dropped it", whole({ base_text: null, overlay_text: "b\n", text: "b\n", conflict: { diff_base: "", diff_overlay: "" } }), "conflict text"],
  ["gone", whole({ base_text: null, text: null }), ""],
])("%s", (_, item, wanted) => expect(viewsOf(item).join(" ")).toBe(wanted));
