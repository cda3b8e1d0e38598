// Which actions an API token can be made for, in groups, and until when. Pure.

/** What no token does, as crates/0-foundation/access/src/service/tokens.rs has it. */
export const never: readonly string[] = ["account.keep", "session.switch", "person.keep", "right.keep", "session.keep", "token.keep", "service.keep", "emergency.unlock"];
/** What needs no token, or makes no sense with one. */
const needless: readonly string[] = ["session.open", "session.close", "health.read", "metrics.read", "contract.read", "observation.send"];

/** What everybody may who is signed in; a program seldom needs it, so it stands last. */
const everybodys: readonly string[] = ["session", "account", "access", "area", "org", "role"];

export interface Group {
  /** The noun before the dot. */
  noun: string;
  codes: string[];
}

/** What a token of somebody with these actions can be made for, by noun. */
export function groupsOf(actions: readonly string[]): Group[] {
  const groups = new Map<string, string[]>();
  for (const code of actions) {
    if (never.includes(code) || needless.includes(code)) continue;
    const noun = code.split(".")[0] ?? code;
    groups.set(noun, [...(groups.get(noun) ?? []), code]);
  }
  return [...groups].map(([noun, codes]) => ({ noun, codes })).sort((a, b) => Number(everybodys.includes(a.noun)) - Number(everybodys.includes(b.noun)));
}

/** The lives that are offered, in days; the server takes 366 at most. */
export const lives = [1, 7, 30, 90, 180, 365] as const;

export interface TokenDraft {
  title: string;
  actions: readonly string[];
  days: number;
}

export function tokenFaults({ title, actions }: TokenDraft): Partial<Record<"title" | "actions", string>> {
  const length = [...title.trim()].length;
  return { ...(length < 1 || length > 80 ? { title: "token.badTitle" } : {}), ...(actions.length === 0 ? { actions: "token.noActions" } : {}) };
}

export function tokenBody({ title, actions, days }: TokenDraft, now: number): object {
  return { title: title.trim(), actions, expires: new Date(now + days * 86_400_000).toISOString() };
}
