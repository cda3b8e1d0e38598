// A chart one can also walk through by keyboard: left and right go from point to point, and the reading is said in words. Loaded when first needed.
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { type Plot, type PlotData, plot } from "./plot";
import { useWords } from "./words";

interface Props {
  label: string;
  data: PlotData;
  /** The reading at a point, in words. */
  read: (index: number) => string;
  /** Told when a hand is on the chart, so that it does not move on under it. */
  onHeld?: (held: boolean) => void;
}

export default function TimeChart({ label, data, read, onHeld }: Props) {
  const { language } = useWords();
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<Plot | null>(null);
  const latest = useRef(data);
  const [at, setAt] = useState<number | null>(null);
  const shape = `${data.lines.length} ${data.numeric ? 1 : 0}`;
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const mine = plot(element, latest.current, language, setAt);
    chart.current = mine;
    const watch = new ResizeObserver(() => mine.size(element.clientWidth, element.clientHeight));
    watch.observe(element);
    return () => {
      watch.disconnect();
      mine.end();
      chart.current = null;
    };
  }, [shape, language]);
  useEffect(() => {
    latest.current = data;
    chart.current?.set(data);
  }, [data]);

  const last = data.x.length - 1;
  const index = Math.min(at ?? last, last);
  const move = (event: KeyboardEvent) => {
    const to: Record<string, number> = { ArrowLeft: index - 1, ArrowRight: index + 1, Home: 0, End: last, PageUp: index - 20, PageDown: index + 20 };
    const next = to[event.key];
    if (next === undefined || last < 0) return;
    event.preventDefault();
    event.stopPropagation();
    const bounded = Math.min(last, Math.max(0, next));
    setAt(bounded);
    chart.current?.point(bounded);
  };
  return (
    <div className="chart">
      <p className="chart-read">{index >= 0 ? read(index) : "–"}</p>
      <div
        ref={box}
        role="slider"
        tabIndex={0}
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={Math.max(0, last)}
        aria-valuenow={Math.max(0, index)}
        aria-valuetext={index >= 0 ? read(index) : "–"}
        className="chart-box"
        onKeyDown={move}
        onPointerEnter={() => onHeld?.(true)}
        onPointerLeave={() => onHeld?.(false)}
        onFocus={() => onHeld?.(true)}
        onBlur={() => onHeld?.(false)}
      />
    </div>
  );
}
