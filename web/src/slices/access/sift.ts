// Which accounts and which lines of the review a list shows. Pure.
import { fold } from "../../lib/fold";
import type { Person, ReviewLine } from "./wire";

export const standings = ["active", "new", "locked", "ended"] as const;
export type Standing = (typeof standings)[number];

/** How an account stands. The emergency account ends in the future while it is open. */
export function standingOf(person: Person, now: number): Standing {
  if (person.ended && Date.parse(person.ended) <= now) return "ended";
  if (person.locked_until && Date.parse(person.locked_until) > now) return "locked";
  return person.must_change_password ? "new" : "active";
}

export interface PersonRow {
  person: Person;
  standing: Standing;
  /** The folded text by which it is found. */
  key: string;
}

/** `words`: what else one is found by, such as roles and places. */
export function rowsOf(people: readonly Person[], words: (person: Person) => string, now: number): PersonRow[] {
  return people.map((person) => ({ person, standing: standingOf(person, now), key: fold(`${person.account} ${words(person)}`) }));
}

export interface PeopleSieve {
  q?: string;
  role?: string;
  standing?: Standing;
}

const wordsOf = (q: string | undefined) => fold(q ?? "").split(" ").filter(Boolean);

export function siftPeople(rows: readonly PersonRow[], { q, role, standing }: PeopleSieve): { rows: PersonRow[]; standings: ReadonlyMap<Standing, number> } {
  const asked = wordsOf(q);
  const counts = new Map<Standing, number>();
  const found: PersonRow[] = [];
  for (const row of rows) {
    if (role && !row.person.rights.some((right) => right.role === role)) continue;
    if (!asked.every((word) => row.key.includes(word))) continue;
    counts.set(row.standing, (counts.get(row.standing) ?? 0) + 1);
    if (!standing || row.standing === standing) found.push(row);
  }
  return { rows: found, standings: counts };
}

/** What a review looks for. */
export const findings = ["weak", "endless", "over", "ended", "never_signed_in"] as const;
export type Finding = (typeof findings)[number];

export function has(line: ReviewLine, finding: Finding): boolean {
  if (finding === "weak") return line.weak;
  if (finding === "endless") return line.endless && line.validity === "valid";
  return finding === "over" ? line.validity === "over" : line.state === finding;
}

export interface ReviewSieve {
  q?: string;
  role?: string;
  finding?: Finding;
}

export function siftReview(lines: readonly ReviewLine[], words: (line: ReviewLine) => string, { q, role, finding }: ReviewSieve): { lines: ReviewLine[]; counts: ReadonlyMap<Finding, number> } {
  const asked = wordsOf(q);
  const counts = new Map<Finding, number>();
  const passing = lines.filter((line) => (!role || line.right.role === role) && asked.every((word) => fold(`${line.account} ${words(line)}`).includes(word)));
  for (const line of passing) for (const each of findings) if (has(line, each)) counts.set(each, (counts.get(each) ?? 0) + 1);
  return { lines: finding ? passing.filter((line) => has(line, finding)) : passing, counts };
}
