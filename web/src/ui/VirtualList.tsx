// A long list of which only the rows in sight exist; worked by mouse, touch and the keys of its room.
import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useEffect, useRef } from "react";

interface Props<T> {
  id: string;
  label: string;
  items: readonly T[];
  keyOf: (item: T) => string;
  /** Height of a row in pixels. */
  height: number;
  selected: string | null;
  onSelect: (key: string) => void;
  onOpen: (key: string) => void;
  empty: ReactNode;
  children: (item: T) => ReactNode;
}

export function VirtualList<T>({ id, label, items, keyOf, height, selected, onSelect, onOpen, empty, children }: Props<T>) {
  const box = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({ count: items.length, getScrollElement: () => box.current, estimateSize: () => height, overscan: 8 });
  const at = selected === null ? -1 : items.findIndex((item) => keyOf(item) === selected);
  useEffect(() => virtual.measure(), [virtual, height]);
  useEffect(() => {
    if (at >= 0) virtual.scrollToIndex(at, { align: "auto" });
    // Only when the selection moves, not when its row does.
  }, [selected]);
  const shown = virtual.getVirtualItems();
  const inSight = shown.some((item) => item.index === at);
  return (
    <>
      {items.length === 0 ? <div className="empty">{empty}</div> : null}
      <div ref={box} role="listbox" id={id} tabIndex={0} aria-label={label} aria-activedescendant={inSight ? `${id}-${at}` : undefined} className="scroll rows">
        <div role="presentation" className="virtual" style={{ height: virtual.getTotalSize() }}>
          {shown.map(({ index, start }) => {
            const item = items[index];
            if (item === undefined) return null;
            const key = keyOf(item);
            return (
              <div
                key={key}
                id={`${id}-${index}`}
                role="option"
                aria-selected={key === selected}
                aria-setsize={items.length}
                aria-posinset={index + 1}
                className="slot"
                style={{ height, transform: `translateY(${start}px)` }}
                onClick={() => { onSelect(key); onOpen(key); }}
              >
                {children(item)}
              </div>
            );
          })}
        </div>
      </div>
    </>
  );
}
