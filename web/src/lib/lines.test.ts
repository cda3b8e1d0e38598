// Differences of texts.
import { expect, it } from "vitest";
import { type DiffLine, difference, readUnified, tally } from "./lines";

/** A difference as one string, with the numbers of lines where `numbers` asks for them. */
const drawn = (lines: readonly DiffLine[], numbers = false) =>
  lines
    .map((each) => {
      if (each.as === "skip") return `~${each.lines}`;
      if (each.as === "note") return `!${each.text}`;
      return `${{ same: " ", gone: "-", came: "+" }[each.as]}${numbers ? `${each.before ?? ""}:${each.after ?? ""} ` : ""}${each.text}${each.open ? "¬" : ""}`;
    })
    .join("|");

it.each([
  ["", "", ""],
  ["a\n", "a\n", ""],
  ["", "a\nb\n", "+a|+b"],
  ["a\nb\n", "", "-a|-b"],
  ["a\nb\nc\n", "a\nx\nc\n", " a|-b|+x| c"],
  ["a\nb\nc\n", "a\nc\n", " a|-b| c"],
  ["a\nc\n", "a\nb\nc\n", " a|+b| c"],
  // A line that moved is one that went and one that came, not two whole texts.
  ["a\nb\nc\nd\n", "b\nc\na\nd\n", "-a| b| c|+a| d"],
  // A missing last line break is a difference that one could not see otherwise.
  ["a\n", "a", "-a|+a¬"],
])("%j to %j", (from, to, wanted) => expect(drawn(difference(from, to))).toBe(wanted));

const many = Array.from({ length: 30 }, (_, at) => `line ${at + 1}\n`);

it("leaves out what is the same far from a change, says how much, and numbers both sides", () => {
  const changed = [...many];
  changed.splice(14, 1, "new\n", "newer\n");
  expect(drawn(difference(many.join(""), changed.join("")), true)).toBe("~11| 12:12 line 12| 13:13 line 13| 14:14 line 14|-15: line 15|+:15 new|+:16 newer| 16:17 line 16| 17:18 line 17| 18:19 line 18|~12");
});

// The two sides of every difference must be the two texts, or somebody would choose by a picture that is wrong.
it("tells both texts whole when nothing is left out", () => {
  let seed = 7;
  const random = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below;
  for (let round = 0; round < 300; round += 1) {
    const text = () => Array.from({ length: random(9) }, () => `${"abc"[random(3)]}\n`).join("");
    const [from, to] = [text(), text()];
    const lines = difference(from, to);
    const side = (other: "gone" | "came") => lines.filter((each) => each.as !== other).map((each) => ("before" in each ? `${each.text}\n` : "")).join("");
    const skipped = lines.some((each) => each.as === "skip");
    if (from !== to && !skipped) expect([side("came"), side("gone")]).toEqual([from, to]);
    if (from === to) expect(lines).toEqual([]);
  }
});

it("shows texts that have little in common as one whole each, without looking for long", () => {
  const [from, to] = ["a", "b"].map((mark) => Array.from({ length: 3_000 }, (_, at) => `${mark} ${at}\n`).join(""));
  expect(tally(difference(from ?? "", to ?? ""))).toEqual({ gone: 3_000, came: 3_000 });
});

it("reads what the server writes", () => {
  expect(drawn(readUnified("@@ -1,4 +1,4 @@\n head\n-one\n+mine\n middle\n more\n"), true)).toBe(" 1:1 head|-2: one|+:2 mine| 3:3 middle| 4:4 more");
  expect(drawn(readUnified("@@ -3 +3 @@\n-a\n+b\n@@ -9,0 +10,2 @@\n+c\n+d\n\\ No newline at end of file\n"), true)).toBe("~2|-3: a|+:3 b|~6|+:10 c|+:11 d¬");
  expect(drawn(readUnified("@@ -0,0 +1,2 @@\n+a\n+b\n"), true)).toBe("+:1 a|+:2 b");
  expect(drawn(readUnified("@@ 15000 lines became 14000; too many to show @@\n"))).toBe("!15000 lines became 14000; too many to show");
  expect(drawn(readUnified("@@ -1,2 +1 @@\n a\n-b\n… (cut)\n"))).toBe(" a|-b|!… (cut)");
  expect(readUnified("")).toEqual([]);
});

// A line of the text that looks like a mark of the form must stay a line of the text.
it("keeps a line that begins like a mark", () => {
  expect(drawn(readUnified("@@ -1,2 +1,2 @@\n-@@ x\n+-- y\n  z\n"))).toBe("-@@ x|+-- y|  z");
});
