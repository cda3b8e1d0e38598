// What a request carries.
import { afterEach, expect, it, vi } from "vitest";
import { call } from "./client";

afterEach(() => vi.unstubAllGlobals());

/** The options of the request that `call` makes. */
async function carried(body?: unknown, more: Record<string, string> = {}): Promise<RequestInit> {
  const fetch = vi.fn(async (_: string, __: RequestInit) => new Response("{}", { status: 200 }));
  vi.stubGlobal("fetch", fetch);
  await call("PUT", "/api/v1/x", body, undefined, 1_000, more);
  return fetch.mock.calls[0]?.[1] ?? {};
}

it("carries JSON and says so", async () => {
  const { body, headers } = await carried({ a: 1 }, { "if-match": '"2"' });
  expect(body).toBe('{"a":1}');
  expect(headers).toEqual({ accept: "application/json", "content-type": "application/json", "if-match": '"2"' });
});

// The browser writes the type of a blob into the request by itself; a second one would contradict it.
it("carries a blob as it is", async () => {
  const file = new Blob(["a"], { type: "text/plain" });
  const { body, headers } = await carried(file);
  expect(body).toBe(file);
  expect(headers).toEqual({ accept: "application/json" });
});

it("carries nothing where there is nothing", async () => {
  const { body, headers } = await carried();
  expect(body).toBeNull();
  expect(headers).toEqual({ accept: "application/json" });
});
