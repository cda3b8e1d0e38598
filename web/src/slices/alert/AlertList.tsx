// The list of alerts: virtualised, worked by keyboard, and still under the hand.
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import type { Alert } from "../../api/wire";
import { useWords } from "../../ui/words";
import { AlertRow } from "./AlertRow";
import { type Row, place } from "./hold";
import { NewPill } from "./NewPill";
import { useHold } from "./useHold";

/** The height of a row where nothing else is said. */
const HEIGHT = 84;

interface Props {
  /** The alerts of the list in order, and all alerts that are known. */
  members: readonly Alert[];
  known: ReadonlyMap<string, Alert>;
  /** Another list or filter: the hold on the former one ends. */
  listKey: string;
  selected: string | null;
  onSelect: (id: string) => void;
  onOpen: (id: string) => void;
  /** Told which rows are on the screen, for the keys. */
  onRows: (rows: readonly Row[]) => void;
  areaName: (code: string) => string;
  empty: string;
  height?: number;
}

export function AlertList({ members, known, listKey, selected, onSelect, onOpen, onRows, areaName, empty, height = HEIGHT }: Props) {
  const { t } = useWords();
  const box = useRef<HTMLDivElement>(null);
  const before = useRef<{ key: string; rows: readonly Row[] }>({ key: listKey, rows: [] });
  const [shownNew, setShownNew] = useState(0);
  const { held, scrolled, hands } = useHold();
  const { rows, waiting } = useMemo(
    () => place(before.current.key === listKey ? before.current.rows : [], members, known, held),
    // `shownNew`: the pill lets everything in.
    [members, known, held, listKey, shownNew],
  );
  useLayoutEffect(() => {
    before.current = { key: listKey, rows };
    onRows(rows);
  }, [rows, listKey, onRows]);

  const at = rows.findIndex((row) => row.alert.id === selected);
  const virtual = useVirtualizer({ count: rows.length, getScrollElement: () => box.current, estimateSize: () => height, overscan: 6, getItemKey: (index) => rows[index]?.alert.id ?? index });
  useEffect(() => {
    if (at >= 0) virtual.scrollToIndex(at, { align: "auto" });
    // Only when the selection moves, not when the row does.
  }, [selected]);

  useEffect(() => virtual.measure(), [virtual, height]);
  const showNew = () => {
    before.current = { key: listKey, rows: [] };
    setShownNew((count) => count + 1);
    box.current?.scrollTo({ top: 0 });
  };

  return (
    <div className="alert-list" {...hands}>
      <NewPill waiting={waiting} onShow={showNew} />
      {rows.length === 0 ? <p className="empty">{empty}</p> : null}
      <div
        ref={box}
        role="listbox"
        id="alert-list"
        tabIndex={0}
        aria-label={t("alerts.list")}
        aria-activedescendant={at >= 0 ? `alert-${rows[at]?.alert.id}` : undefined}
        className="scroll"
        onScroll={(event) => scrolled(event.currentTarget.scrollTop)}
      >
        <div role="presentation" className="virtual" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map((item) => {
            const row = rows[item.index];
            if (!row) return null;
            const { id } = row.alert;
            return (
              <div
                key={id}
                id={`alert-${id}`}
                role="option"
                aria-selected={id === selected}
                aria-setsize={rows.length}
                aria-posinset={item.index + 1}
                className="alert-slot"
                style={{ height, transform: `translateY(${item.start}px)` }}
                onClick={() => { onSelect(id); onOpen(id); }}
              >
                <AlertRow row={row} areaName={areaName} />
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}
