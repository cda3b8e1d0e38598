// One-key commands of the whole page. Typing in a field and open dialogs are left alone.
import { useEffect, useRef } from "react";

export type Keys = Partial<Record<string, () => void>>;

function busy(target: EventTarget | null): boolean {
  if (document.querySelector("dialog[open]")) return true;
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

/** Arrows and Enter belong to a button, a tab or the map when it has the focus. */
function belongsToTarget(key: string, target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement) || target === document.body) return false;
  if (target.getAttribute("role") === "listbox") return false;
  return key === "Enter" || key.startsWith("Arrow");
}

export function useKeys(keys: Keys): void {
  const now = useRef(keys);
  useEffect(() => {
    now.current = keys;
  });
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || busy(event.target)) return;
      const command = now.current[event.key];
      if (!command || belongsToTarget(event.key, event.target)) return;
      event.preventDefault();
      command();
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, []);
}
