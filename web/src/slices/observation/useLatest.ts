// The live values of one device; held still with the page.
import { useEffect, useRef, useState } from "react";
import { get, withQuery } from "../../api/client";
import { listen } from "../../api/stream";
import type { Latest, Observation } from "../../api/wire";
import { useMay } from "../../ui/may";
import { useTime } from "../../ui/moment";
import { itemsOf, merge } from "./latest";

export interface Live {
  values: ReadonlyMap<number, Observation>;
  /** When the values were last known to be true, by the page's clock. */
  at: number | null;
  error: unknown;
}

const nothing: Live = { values: new Map(), at: null, error: null };

/** First what the API knows, then what the stream brings; after each break the API is asked again. */
export function useLatest(device: string): Live {
  const [live, setLive] = useState<Live>(nothing);
  const { paused } = useTime();
  const permitted = useMay()("observation.read");
  const still = useRef(paused);
  const again = useRef<() => void>(() => {});
  useEffect(() => {
    const was = still.current;
    still.current = paused;
    if (was && !paused) again.current();
  }, [paused]);
  useEffect(() => {
    setLive(nothing);
    if (!permitted) return;
    const gone = new AbortController();
    const take = (items: readonly Observation[], first = false) => setLive((before) => (still.current && !(first && before.at === null) ? before : { values: merge(before.values, items), at: Date.now(), error: null }));
    const ask = () =>
      get<Latest>("/api/v1/observations/latest", { device, limit: 200 }, gone.signal).then(
        ({ items }) => take(items, true),
        (error: unknown) => gone.signal.aborted || setLive((before) => ({ ...before, error })),
      );
    again.current = () => void ask();
    const stop = listen(withQuery("/api/v1/observations/stream", { device }), {
      opened: () => void ask(),
      heard: () => setLive((before) => (before.at === null || still.current ? before : { ...before, at: Date.now() })),
      event: ({ type, data }) => (type === "reset" ? void ask() : take(itemsOf(data))),
    });
    return () => {
      gone.abort();
      stop();
    };
  }, [device, permitted]);
  return live;
}
