// The stream reader, wherever the network cuts.
import { describe, expect, it } from "vitest";
import { MAX_EVENT, reader } from "./sse";

describe("the reader", () => {
  it("reads events with type, id and lines", () => {
    expect(reader(null)("id: 7\nevent: alert.raised.v1\ndata: {\ndata: }\n\n")).toEqual([
      { type: "alert.raised.v1", id: "7", data: "{\n}" },
    ]);
  });
  it("does not care where the network cuts", () => {
    const text = ": ping\r\n\r\nid: 1\r\ndata: một\r\n\r\nid:2\ndata: hai\n\n";
    for (let cut = 0; cut <= text.length; cut++) {
      const read = reader(null);
      const events = [...read(text.slice(0, cut)), ...read(text.slice(cut))];
      expect(events.map((event) => [event.id, event.data])).toEqual([
        ["1", "một"],
        ["2", "hai"],
      ]);
    }
  });
  it("keeps the last id over events without one", () => {
    expect(reader("41")("data: x\n\n")[0]?.id).toBe("41");
  });
  it("says nothing for comments and for an unfinished event", () => {
    expect(reader(null)(": ping\n\ndata: half")).toEqual([]);
  });
  it("drops an event that is too long and reads the next", () => {
    const read = reader(null);
    expect(read(`data: ${"x".repeat(MAX_EVENT + 1)}\n\ndata: ok\n\n`).map((event) => event.data)).toEqual(["ok"]);
  });
});
