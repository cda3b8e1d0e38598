// Moving in a list by key: down, up, first, last, open.
import { useKeys } from "./useKeys";

interface Moves {
  listId: string;
  keys: readonly string[];
  selected: string | null;
  onSelect: (key: string) => void;
  onOpen: (key: string) => void;
  onClose?: () => void;
  more?: Partial<Record<string, () => void>>;
}

export function useListKeys({ listId, keys, selected, onSelect, onOpen, onClose, more }: Moves): void {
  const to = (pick: (at: number) => number) => () => {
    document.getElementById(listId)?.focus({ preventScroll: true });
    const next = keys[Math.min(keys.length - 1, Math.max(0, pick(selected === null ? -1 : keys.indexOf(selected))))];
    if (next !== undefined) onSelect(next);
  };
  const [down, up] = [to((at) => at + 1), to((at) => (at < 0 ? keys.length - 1 : at - 1))];
  useKeys({
    j: down,
    ArrowDown: down,
    k: up,
    ArrowUp: up,
    PageDown: to((at) => at + 10),
    PageUp: to((at) => at - 10),
    Home: to(() => 0),
    End: to(() => keys.length - 1),
    Enter: () => selected !== null && onOpen(selected),
    ...(onClose ? { Escape: onClose } : {}),
    ...more,
  });
}
