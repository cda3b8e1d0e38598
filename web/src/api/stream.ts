// A server-sent stream that comes back by itself behind the last event it saw. Read with fetch, so that pings are heard.
import { type Happening, type Line, type Todo, idle, step } from "../lib/resume";
import { type StreamEvent, reader } from "../lib/sse";
import { refused, signedOut, streamEnded } from "./client";
import { problemOf } from "./problem";

export interface Ears {
  /** A connection stands; `resumed` says that the server was asked to go on behind the last event. */
  opened?: (resumed: boolean) => void;
  /** Anything was heard, pings included. */
  heard?: () => void;
  event: (event: StreamEvent) => void;
}

/** Opens the stream and keeps it open until the returned function is called. */
export function listen(url: string, ears: Ears): () => void {
  let line: Line = idle;
  let hangUp: AbortController | null = null;

  const happen = (happening: Happening) => {
    let todo: Todo;
    [line, todo] = step(line, happening, Date.now(), Math.random());
    if (todo === "abort") hangUp?.abort();
    if (todo === "connect") void connect();
  };

  const connect = async () => {
    const mine = new AbortController();
    hangUp = mine;
    const lastId = line.lastId;
    try {
      const answer = await fetch(url, {
        credentials: "same-origin",
        cache: "no-store",
        headers: { accept: "text/event-stream", ...(lastId === null ? {} : { "last-event-id": lastId }) },
        signal: mine.signal,
      });
      if (answer.status === 401) signedOut();
      if (answer.status === 403) refused(await problemOf(answer));
      if (!answer.ok || !answer.body) throw new Error(`HTTP ${answer.status}`);
      happen({ kind: "opened" });
      ears.opened?.(lastId !== null);
      ears.heard?.();
      const read = reader(lastId);
      const text = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      for (;;) {
        const { done, value } = await text.read();
        if (done) {
          streamEnded();
          break;
        }
        const events = read(value);
        happen({ kind: "heard", id: events.at(-1)?.id ?? null });
        ears.heard?.();
        for (const event of events) ears.event(event);
      }
    } catch {
      // Whatever the reason, the line is down: the next try says more, and the banner shows since when.
    }
    if (hangUp === mine) happen({ kind: "failed" });
  };

  const timer = setInterval(() => happen({ kind: "tick" }), 500);
  happen({ kind: "start" });
  return () => {
    clearInterval(timer);
    happen({ kind: "stop" });
  };
}
