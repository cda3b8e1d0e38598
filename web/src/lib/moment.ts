// The one moment that a page shows: now, held still, a fixed instant, or an instant that moves on. Pure.

export type Moment =
  | { mode: "live" }
  | { mode: "paused" }
  | { mode: "past"; at: number }
  | { mode: "replay"; from: number; speed: number };

export const LIVE: Moment = { mode: "live" };

/** How fast a replay may run. */
export const speeds: readonly number[] = [1, 10, 60, 300, 900];

/** Nothing was observed before this; an older instant is a mistake in the address. */
const FIRST = Date.parse("2000-01-01T00:00:00Z");

function instant(text: string): number | null {
  const at = Date.parse(text);
  return Number.isFinite(at) && at >= FIRST ? at : null;
}

/** `live`, `paused`, `at=<RFC 3339>` or `replay=<RFC 3339>,<speed>`; what cannot be read is live. */
export function parseMoment(text: unknown): Moment {
  if (text === "paused") return { mode: "paused" };
  if (typeof text !== "string") return LIVE;
  if (text.startsWith("at=")) {
    const at = instant(text.slice(3));
    return at === null ? LIVE : { mode: "past", at };
  }
  if (text.startsWith("replay=")) {
    const [from, speed] = text.slice(7).split(",");
    const at = instant(from ?? "");
    const wanted = Number(speed ?? 1);
    if (at === null || !Number.isFinite(wanted) || wanted <= 0) return LIVE;
    return { mode: "replay", from: at, speed: Math.min(3_600, wanted) };
  }
  return LIVE;
}

const written = (at: number) => new Date(at).toISOString().replace(".000Z", "Z");

/** The text for the address; live needs none. */
export function momentText(moment: Moment): string | undefined {
  switch (moment.mode) {
    case "live":
      return undefined;
    case "paused":
      return "paused";
    case "past":
      return `at=${written(moment.at)}`;
    case "replay":
      return `replay=${written(moment.from)},${moment.speed}`;
  }
}

/** Where the moment stands, `since` being when the page took it up; null while it is the present. It never passes the present. */
export function positionOf(moment: Moment, since: number, now: number, present: number): number | null {
  if (moment.mode === "past") return Math.min(moment.at, present);
  if (moment.mode === "replay") return Math.min(moment.from + Math.max(0, now - since) * moment.speed, present);
  return null;
}

/** The same moment, so many milliseconds earlier or later; from the present it becomes past. */
export function shifted(moment: Moment, position: number | null, by: number, present: number): Moment {
  const at = Math.min(present, Math.max(FIRST, (position ?? present) + by));
  return moment.mode === "replay" ? { ...moment, from: at } : { mode: "past", at };
}

/** `at` cut to a whole step, so that a moving moment doesn't ask the server each second. */
export function stepOf(at: number, step: number): number {
  return Math.ceil(at / step) * step;
}
