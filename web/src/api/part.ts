// Parts of the console that are loaded when they are first needed. A line that is down for a while must not break the page.
import { lostSince } from "../lib/link";
import { read } from "./pulse";

/** Between two tries, in milliseconds. */
const REST = 2_000;
/** Failures on a line that works: the part is not there any more, as after an upgrade of the server. */
const MOST = 3;

/** Is the line down? The pulse notices it after a while only, so the server is asked when the pulse knows nothing yet. */
async function lineIsDown(): Promise<boolean> {
  if (lostSince(read(), Date.now()) !== null) return true;
  try {
    await fetch("/healthz", { cache: "no-store", signal: AbortSignal.timeout(REST) });
    return false;
  } catch {
    return true;
  }
}

/** Loads a part; while the server cannot be reached it goes on trying. `cutOff` and `rest` are for tests. */
export async function part<T>(load: () => Promise<T>, cutOff: () => boolean | Promise<boolean> = lineIsDown, rest = REST): Promise<T> {
  for (let failures = 0; ; ) {
    try {
      return await load();
    } catch (error) {
      if (!(await cutOff())) failures += 1;
      if (failures >= MOST) throw error;
      await new Promise((done) => setTimeout(done, rest));
    }
  }
}
