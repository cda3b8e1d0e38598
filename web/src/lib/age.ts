// Ages and clock times in words. All instants are UTC; what people see is the time of Hà Nội.

/** The zone of everything shown. */
export const ZONE = "Asia/Ho_Chi_Minh";

/** Whole seconds from `since` to `now`, never negative. */
export function seconds(since: number, now: number): number {
  return Math.max(0, Math.floor((now - since) / 1_000));
}

/** An age as (count, unit), in the largest unit that fits. */
export function span(secs: number): [number, "second" | "minute" | "hour" | "day"] {
  if (secs < 60) return [secs, "second"];
  if (secs < 3_600) return [Math.floor(secs / 60), "minute"];
  if (secs < 86_400) return [Math.floor(secs / 3_600), "hour"];
  return [Math.floor(secs / 86_400), "day"];
}

/** "3 giây trước". */
export function ago(since: number, now: number, language: string): string {
  const [count, unit] = span(seconds(since, now));
  return new Intl.RelativeTimeFormat(language, { numeric: "always" }).format(-count, unit);
}

/** "2:05" or "1:02:05": a running time, for the banner. */
export function running(secs: number): string {
  const two = (n: number) => String(n).padStart(2, "0");
  const [h, m, s] = [Math.floor(secs / 3_600), Math.floor(secs / 60) % 60, secs % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

const clock = new Intl.DateTimeFormat("en-GB", { timeZone: ZONE, timeStyle: "medium" });
const short = new Intl.DateTimeFormat("en-GB", { timeZone: ZONE, timeStyle: "short" });
const day = new Intl.DateTimeFormat("en-CA", { timeZone: ZONE });

/** "03:12:05" in Hà Nội. */
export function clockTime(at: number): string {
  return clock.format(at);
}

/** "03:12" today, "20/11 03:12" on another day, "20/11/2025 03:12" in another year; in Hà Nội. */
export function moment(at: number, now: number): string {
  const [year, month, date] = day.format(at).split("-");
  if (day.format(at) === day.format(now)) return short.format(at);
  return `${date}/${month}${day.format(now).startsWith(`${year}-`) ? "" : `/${year}`} ${short.format(at)}`;
}

/** "Thứ Bảy, 21/11/2026" in Hà Nội. */
export function dateWords(at: number, language: string): string {
  return new Intl.DateTimeFormat(language === "vi" ? "vi-VN" : "en-GB", {
    timeZone: ZONE,
    weekday: "long",
    day: "2-digit",
    month: "2-digit",
    year: "numeric",
  }).format(at);
}

/** The value of a `datetime-local` field for an instant, in Hà Nội (+07:00 all year). */
export function toField(at: number): string {
  return new Date(at + 7 * 3_600_000).toISOString().slice(0, 16);
}

/** The instant of a `datetime-local` field read as Hà Nội time, or null when it isn't one. */
export function fromField(field: string): number | null {
  const at = Date.parse(`${field}:00+07:00`);
  return Number.isNaN(at) ? null : at;
}

const DURATION = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;

/** "5 phút" for "PT5M"; null when the text is not a duration of days to seconds (ISO 8601). */
export function durationWords(text: string, language: string): string | null {
  const parts = DURATION.exec(text)?.slice(1);
  if (!parts?.some((part) => part !== undefined)) return null;
  const units = ["day", "hour", "minute", "second"] as const;
  return parts
    .flatMap((part, at) => (part === undefined ? [] : [new Intl.NumberFormat(language, { style: "unit", unit: units[at] ?? "second", unitDisplay: "long" }).format(Number(part))]))
    .join(" ");
}
