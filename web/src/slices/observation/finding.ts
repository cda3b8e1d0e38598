// What the server found wrong with an item of quarantine, in the language of the page.
import { moment } from "../../lib/age";
import { figure, unitWord } from "../../lib/figure";
import { type Shapes, partsOf } from "../../lib/said";

/** The sentences of the intake, by reason. */
const shapes: Shapes = {
  out_of_range: /^(?<name>\S+) of \S+ is (?<value>\S+); possible are (?<low>no limit|\S+) to (?<high>no limit|\S+) (?<unit>\S*)$/,
  time_future: /^(?<name>\S+) of \S+: time (?<time>\S+); accepted are (?<low>\S+) to (?<high>\S+),/,
  time_past: /^(?<name>\S+) of \S+: time (?<time>\S+); accepted are (?<low>\S+) to (?<high>\S+),/,
  not_finite: /^(?<name>\S+) of \S+ is (?<value>\S+); send a finite/,
  wrong_unit: /^(?<name>\S+) of \S+ came in '(?<unit>.*)'; accepted are (?<accepted>.+)$/,
  wrong_type: /^(?<name>\S+) of \S+ came as (?<value>\S+); the series holds (?<wanted>\S+)$/,
  too_long: /^(?<name>\S+) of \S+ is too long; a text has at most (?<text>\d+) bytes, a json value (?<json>\d+)$/i,
  unknown_device: /^no device '(?<device>.*)' is registered/,
  unknown_series: /^the profile of '(?<device>.*)' binds no name '(?<name>.*)'; it binds (?<accepted>.*)$/,
  not_spoken_for: /does not speak for '?(?<device>[^';]+)'?;/,
};

const instants = new Set(["time"]);
const bounds = new Set(["low", "high"]);
const numbers = new Set(["value", "text", "json"]);

/** One part as people read it. */
function part(name: string, text: string, now: number, language: string): string {
  if (text === "no limit") return "∞";
  if (name === "unit") return unitWord(text);
  const timed = (instants.has(name) || bounds.has(name)) && /^\d{4}-\d\d-\d\dT/.test(text);
  if (timed) return moment(Date.parse(text), now);
  return (numbers.has(name) || bounds.has(name)) && text !== "" && Number.isFinite(Number(text)) ? figure(Number(text), language) : text;
}

/** The finding in words, or as the server wrote it when its sentence is not known. */
export function findingWords(t: (key: string, parts: Record<string, string>) => string, reason: string, detail: string, now: number, language: string): string {
  const parts = partsOf(shapes, reason, detail);
  if (!parts) return detail;
  return t(`finding.${reason}`, Object.fromEntries(Object.entries(parts).map(([name, text]) => [name, part(name, text, now, language)])));
}
