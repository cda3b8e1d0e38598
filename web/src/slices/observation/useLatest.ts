// The live values of one device.
import { useEffect, useState } from "react";
import { get, withQuery } from "../../api/client";
import { listen } from "../../api/stream";
import type { Latest, Observation } from "../../api/wire";
import { itemsOf, merge } from "./latest";

interface Live {
  values: ReadonlyMap<number, Observation>;
  /** When the values were last known to be true, by the page's clock. */
  at: number | null;
  error: unknown;
}

const nothing: Live = { values: new Map(), at: null, error: null };

/** First what the API knows, then what the stream brings; after each break the API is asked again. */
export function useLatest(device: string): Live {
  const [live, setLive] = useState<Live>(nothing);
  useEffect(() => {
    setLive(nothing);
    const gone = new AbortController();
    const take = (items: readonly Observation[]) => setLive((before) => ({ values: merge(before.values, items), at: Date.now(), error: null }));
    const ask = () =>
      get<Latest>("/api/v1/observations/latest", { device, limit: 200 }, gone.signal).then(
        ({ items }) => take(items),
        (error: unknown) => gone.signal.aborted || setLive((before) => ({ ...before, error })),
      );
    const stop = listen(withQuery("/api/v1/observations/stream", { device }), {
      opened: () => void ask(),
      heard: () => setLive((before) => (before.at === null ? before : { ...before, at: Date.now() })),
      event: ({ type, data }) => (type === "reset" ? void ask() : take(itemsOf(data))),
    });
    return () => {
      gone.abort();
      stop();
    };
  }, [device]);
  return live;
}
