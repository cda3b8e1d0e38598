// The rows of a result: only those in sight exist; a column's head sorts by it.
import { useVirtualizer } from "@tanstack/react-virtual";
import { useMemo, useRef, useState } from "react";
import { moment } from "../../lib/age";
import { unitWord } from "../../lib/figure";
import { useWords } from "../../ui/words";
import type { Result } from "./model";
import { sortOf, sorted } from "./picture";

const HEIGHT = 30;

/** A cell in words: times in Hà Nội, numbers in full. */
function words(value: unknown, time: boolean, language: string): string {
  if (value === null || value === undefined) return "";
  if (time && typeof value === "string") {
    const at = Date.parse(value);
    return Number.isNaN(at) ? value : `${moment(at, 0)}:${new Date(at).toISOString().slice(17, 19)}`;
  }
  if (typeof value === "number") return new Intl.NumberFormat(language === "vi" ? "vi-VN" : "en-GB", { maximumFractionDigits: 9, useGrouping: false }).format(value);
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

export function ResultTable({ result }: { result: Result }) {
  const { t, language } = useWords();
  const box = useRef<HTMLDivElement>(null);
  const [order, setOrder] = useState<{ at: number; down: boolean } | null>(null);
  const kinds = useMemo(() => result.columns.map((column, at) => sortOf(column, result.rows, at)), [result]);
  const rows = useMemo(() => (order ? sorted(result.rows, order.at, order.down) : result.rows), [result, order]);
  const widths = useMemo(
    () => result.columns.map((column, at) => Math.min(46, Math.max(8, column.name.length + 4, ...result.rows.slice(0, 200).map((row) => words(row[at], kinds[at] === "time", language).length + 2)))),
    [result, kinds, language],
  );
  const virtual = useVirtualizer({ count: rows.length, getScrollElement: () => box.current, estimateSize: () => HEIGHT, overscan: 12 });
  const columns = { gridTemplateColumns: widths.map((width) => `${width}ch`).join(" ") };
  return (
    <div ref={box} className="result scroll" tabIndex={0} role="region" aria-label={t("sql.result")}>
      <div role="table" aria-label={t("sql.result")} aria-rowcount={rows.length + 1} aria-colcount={result.columns.length} className="result-table">
        <div role="row" aria-rowindex={1} className="result-row result-head" style={columns}>
          {result.columns.map((column, at) => (
            <div key={at} role="columnheader" aria-sort={order?.at === at ? (order.down ? "descending" : "ascending") : "none"}>
              <button type="button" onClick={() => setOrder(order?.at === at ? (order.down ? null : { at, down: true }) : { at, down: false })}>
                {column.name}{column.unit ? ` (${unitWord(column.unit)})` : ""}{order?.at === at ? (order.down ? " ↓" : " ↑") : ""}
              </button>
            </div>
          ))}
        </div>
        <div role="rowgroup" className="virtual" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ index, start }) => (
            <div key={index} role="row" aria-rowindex={index + 2} className="result-row result-slot" style={{ ...columns, height: HEIGHT, transform: `translateY(${start}px)` }}>
              {result.columns.map((_, at) => {
                const value = rows[index]?.[at];
                const text = words(value, kinds[at] === "time", language);
                return <div key={at} role="cell" title={text.length > 40 ? text : undefined} className={kinds[at] === "number" ? "number" : ""}>{value === null || value === undefined ? <span className="quiet">∅</span> : text}</div>;
              })}
            </div>
          ))}
        </div>
      </div>
    </div>
  );
}
