// A part of the console that does not come at once.
import { expect, it, vi } from "vitest";
import { part } from "./part";

/** Fails so many times, then comes. */
const after = (failures: number) => {
  let tries = 0;
  return { load: async () => { tries += 1; if (tries <= failures) throw new Error(`try ${tries}`); return tries; }, tries: () => tries };
};

it("comes at once where it can", async () => expect(await part(after(0).load, () => false, 0)).toBe(1));
it("is tried again as long as the line is down", async () => expect(await part(after(9).load, () => true, 0)).toBe(10));
it("is given up when the line works and it is not there", async () => {
  const gone = after(99);
  await expect(part(gone.load, () => false, 0)).rejects.toThrow("try 3");
  expect(gone.tries()).toBe(3);
});
it("failures while the line was down do not count", async () => {
  const slow = after(6);
  expect(await part(slow.load, () => slow.tries() < 5, 0)).toBe(7);
});
it("a line that nobody has missed yet is asked after before a failure counts", async () => {
  const slow = after(5);
  const ask = vi.fn(async () => (slow.tries() < 5 ? Promise.reject(new TypeError("Failed to fetch")) : new Response()));
  vi.stubGlobal("fetch", ask);
  expect(await part(slow.load, undefined, 0)).toBe(6);
  expect(ask).toHaveBeenCalledTimes(5);
  vi.unstubAllGlobals();
});
