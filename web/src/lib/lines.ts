// Differences of two texts line by line: found here, or read from the unified form that the server writes. Pure.

export type DiffLine =
  | {
      as: "same" | "gone" | "came";
      text: string;
      /** Its number in the text before and in the text after, from 1; null where it is not in it. */
      before: number | null;
      after: number | null;
      /** The text ends here without a line break. */
      open?: true;
    }
  /** So many lines that are the same on both sides are left out; null when nobody knows how many. */
  | { as: "skip"; lines: number | null }
  /** What the server says in place of lines. */
  | { as: "note"; text: string };

/** Lines around a change that are shown. */
const AROUND = 3;
/** More changed lines than this are shown as one whole that went and one that came; looking for less would take too long. */
const MOST_STEPS = 1_000;

type Step = "same" | "gone" | "came";

/** The lines of a text, each with its line break, so that a missing last one is seen. */
const linesOf = (text: string) => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

/** What is different, with some lines around; empty when nothing is. */
export function difference(from: string, to: string): DiffLine[] {
  if (from === to) return [];
  const [a, b] = [linesOf(from), linesOf(to)];
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail += 1;
  const steps: Step[] = [...same(head), ...between(a.slice(head, a.length - tail), b.slice(head, b.length - tail)), ...same(tail)];
  return shown(steps, a, b);
}

const same = (count: number): Step[] => Array.from({ length: count }, () => "same");

/** The shortest way from one to the other (Myers 1986): going along both where they agree, else taking a line away or in. */
function between(a: readonly string[], b: readonly string[]): Step[] {
  const most = Math.min(a.length + b.length, MOST_STEPS);
  // For each diagonal how far one comes in `a`; one copy for each number of steps, to find the way back.
  const reach = new Int32Array(2 * most + 3);
  const trail: Int32Array[] = [];
  for (let steps = 0; steps <= most; steps += 1) {
    trail.push(reach.slice());
    for (let k = -steps; k <= steps; k += 2) {
      let x = entry(reach, most, k, steps);
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x += 1;
      reach[most + 1 + k] = x;
      if (x >= a.length && x - k >= b.length) return wayBack(trail, a, b, most);
    }
  }
  return [...a.map((): Step => "gone"), ...b.map((): Step => "came")];
}

/** Where one comes onto diagonal `k` with the last of so many steps: by taking a line in, or by taking one away. */
function entry(reach: Int32Array, most: number, k: number, steps: number): number {
  const at = (diagonal: number) => reach[most + 1 + diagonal] ?? 0;
  return steps === 0 ? 0 : k === -steps || (k !== steps && at(k - 1) < at(k + 1)) ? at(k + 1) : at(k - 1) + 1;
}

function wayBack(trail: readonly Int32Array[], a: readonly string[], b: readonly string[], most: number): Step[] {
  const way: Step[] = [];
  let [x, y] = [a.length, b.length];
  for (let steps = trail.length - 1; steps >= 0; steps -= 1) {
    const reach = trail[steps] ?? new Int32Array();
    const k = x - y;
    const start = entry(reach, most, k, steps);
    for (; x > start && y > start - k; x -= 1, y -= 1) way.push("same");
    if (steps === 0) break;
    const tookIn = k === -steps || (k !== steps && (reach[most + k] ?? 0) < (reach[most + 2 + k] ?? 0));
    way.push(tookIn ? "came" : "gone");
    if (tookIn) y -= 1;
    else x -= 1;
  }
  return way.reverse();
}

/** The steps as lines; of what is the same only what stands near a change. */
function shown(steps: readonly Step[], a: readonly string[], b: readonly string[]): DiffLine[] {
  const near = new Uint8Array(steps.length);
  steps.forEach((step, at) => {
    if (step !== "same") near.fill(1, Math.max(0, at - AROUND), at + AROUND + 1);
  });
  const lines: DiffLine[] = [];
  let [x, y, skipped] = [0, 0, 0];
  const close = () => {
    if (skipped > 0) lines.push({ as: "skip", lines: skipped });
    skipped = 0;
  };
  steps.forEach((step, at) => {
    const raw = (step === "came" ? b[y] : a[x]) ?? "";
    if (step !== "came") x += 1;
    if (step !== "gone") y += 1;
    if (near[at] === 0) {
      skipped += 1;
      return;
    }
    close();
    lines.push(line(step, raw, step === "came" ? null : x, step === "gone" ? null : y));
  });
  close();
  return lines;
}

function line(as: Step, raw: string, before: number | null, after: number | null): DiffLine {
  return raw.endsWith("\n") ? { as, text: raw.slice(0, -1), before, after } : { as, text: raw, before, after, open: true };
}

const HUNK = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/;
const signs: Readonly<Record<string, Step>> = { " ": "same", "-": "gone", "+": "came" };

/** Reads a unified difference without the names of files. What is no difference, such as "too many to show", becomes a note. */
export function readUnified(text: string): DiffLine[] {
  const lines: DiffLine[] = [];
  let [x, y] = [1, 1];
  for (const each of text.split("\n")) {
    const hunk = HUNK.exec(each);
    const step = signs[each[0] ?? ""];
    if (hunk) {
      // An empty side begins at line 0 by the rules of the form.
      const next = Number(hunk[1]) + (hunk[2] === "0" ? 1 : 0);
      if (next > x) lines.push({ as: "skip", lines: next - x });
      x = next;
      y = Number(hunk[3]) + (hunk[4] === "0" ? 1 : 0);
    } else if (each.startsWith("\\")) {
      const last = lines.at(-1);
      if (last && "before" in last) last.open = true;
    } else if (step) {
      lines.push({ as: step, text: each.slice(1), before: step === "came" ? null : x, after: step === "gone" ? null : y });
      if (step !== "came") x += 1;
      if (step !== "gone") y += 1;
    } else if (each !== "") lines.push({ as: "note", text: each.replace(/^@@ | @@$/g, "") });
  }
  return lines;
}

/** How many lines went and came. */
export function tally(lines: readonly DiffLine[]): { gone: number; came: number } {
  return { gone: lines.filter((each) => each.as === "gone").length, came: lines.filter((each) => each.as === "came").length };
}
