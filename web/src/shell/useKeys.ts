// Commands by key for the whole page; "Mod+k" is Ctrl+K or ⌘K. Typing in a field and open dialogs are left alone.
import { useLayoutEffect, useRef } from "react";

export type Keys = Partial<Record<string, () => void>>;

const inDialog = () => document.querySelector("dialog[open]") !== null;

/** Fields that take no letters leave the keys to the page: who has just ticked a box is not typing. */
const ticked = new Set(["checkbox", "radio", "button", "submit"]);

function busy(target: EventTarget | null): boolean {
  if (inDialog()) return true;
  if (target instanceof HTMLInputElement && ticked.has(target.type)) return false;
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

/** Arrows and Enter belong to a button, a tab or the map when it has the focus. */
function belongsToTarget(key: string, target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement) || target === document.body) return false;
  if (target.getAttribute("role") === "listbox") return false;
  return key === "Enter" || key.startsWith("Arrow");
}

/** The keys work from the moment that the page is seen, not a moment after it. */
export function useKeys(keys: Keys): void {
  const now = useRef(keys);
  useLayoutEffect(() => {
    now.current = keys;
  });
  useLayoutEffect(() => {
    const press = (event: KeyboardEvent) => {
      const mod = event.ctrlKey || event.metaKey;
      if (event.altKey || event.isComposing || (mod ? inDialog() : busy(event.target))) return;
      const command = now.current[mod ? `Mod+${event.key.toLowerCase()}` : event.key];
      if (!command || (!mod && belongsToTarget(event.key, event.target))) return;
      event.preventDefault();
      command();
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, []);
}
