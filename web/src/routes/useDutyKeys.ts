// What each key does where alerts stand in a list.
import type { RefObject } from "react";
import { type Act, needs, whyNot } from "../slices/alert/may";
import { type Row, neighbour } from "../slices/alert/hold";
import { useKeys } from "../shell/useKeys";
import { useMay } from "../ui/may";

interface Moves {
  rows: RefObject<readonly Row[]>;
  selected: string | null;
  onSelect: (id: string) => void;
  onOpen: (id: string) => void;
  onAct: (act: Act) => void;
  onClose: () => void;
}

export function useDutyKeys({ rows, selected, onSelect, onOpen, onAct, onClose }: Moves): void {
  const may = useMay();
  const move = (by: 1 | -1) => () => {
    const next = neighbour(rows.current, selected, by);
    document.getElementById("alert-list")?.focus({ preventScroll: true });
    if (next) onSelect(next);
  };
  const act = (name: Act) => () => {
    if (!may(needs[name])) return;
    const row = rows.current.find(({ alert }) => alert.id === selected);
    if (!row || whyNot(name, row.alert) === null) onAct(name);
  };
  useKeys({
    j: move(1),
    ArrowDown: move(1),
    k: move(-1),
    ArrowUp: move(-1),
    Enter: () => selected && onOpen(selected),
    a: act("acknowledge"),
    s: act("shelve"),
    c: act("comment"),
    n: () => document.getElementById("new-alerts")?.click(),
    Escape: onClose,
  });
}
