// Reads the text of a server-sent event stream, piece by piece (WHATWG HTML 9.2.6).

/** One event of a stream. */
export interface StreamEvent {
  /** The `event:` field; "message" when there was none. */
  type: string;
  /** The `id:` last seen on the stream. */
  id: string | null;
  data: string;
}

/** Longest event that is kept, in characters; a longer one is dropped rather than filling the memory. */
export const MAX_EVENT = 4_000_000;

/** A reader for one connection. Feed it decoded text as it comes; comments only prove that the line lives. */
export function reader(lastId: string | null): (text: string) => StreamEvent[] {
  let rest = "";
  let id = lastId;
  let type = "";
  let data: string[] = [];
  let size = 0;

  const line = (text: string, out: StreamEvent[]) => {
    if (text === "") {
      if (data.length > 0 && size <= MAX_EVENT) out.push({ type: type || "message", id, data: data.join("\n") });
      [type, data, size] = ["", [], 0];
      return;
    }
    const colon = text.indexOf(":");
    if (colon === 0) return;
    const field = colon < 0 ? text : text.slice(0, colon);
    const value = colon < 0 ? "" : text.slice(colon + 1).replace(/^ /, "");
    if (field === "event") type = value;
    else if (field === "id" && !value.includes("\0")) id = value;
    else if (field === "data") {
      size += value.length;
      if (size <= MAX_EVENT) data.push(value);
      else data = [""];
    }
  };

  return (text) => {
    const out: StreamEvent[] = [];
    rest += text;
    for (;;) {
      const end = rest.search(/\r\n|\n|\r(?!$)/);
      if (end < 0) break;
      line(rest.slice(0, end), out);
      rest = rest.slice(end + (rest.startsWith("\r\n", end) ? 2 : 1));
    }
    if (rest.length > MAX_EVENT) [rest, size] = ["", MAX_EVENT + 1];
    return out;
  };
}
