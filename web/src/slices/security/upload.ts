// What a chosen file is, told by its content and not by its name: a list of parts, advisories, or neither. Pure.

/** The server takes no more; a larger file is not read at all. */
export const MOST_BYTES = 32 * 1024 * 1024;

export type What = "parts" | "advisories";

export interface Chosen {
  what: What;
  file: Blob;
}

/** Why a file is not sent, as a key of the translations. */
export type Unfit = "security.unfit.large" | "security.unfit.json" | "security.unfit.kind";

const thing = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);

/** CycloneDX says so itself; OSV is one advisory, a list, or the answer of a service. */
export function whatIs(content: unknown): What | null {
  if (thing(content) && content.bomFormat === "CycloneDX") return "parts";
  const list = Array.isArray(content) ? content : thing(content) && Array.isArray(content.vulns) ? content.vulns : [content];
  return list.every((each) => thing(each) && typeof each.id === "string") ? "advisories" : null;
}

export async function look(file: Blob): Promise<Chosen | Unfit> {
  if (file.size > MOST_BYTES) return "security.unfit.large";
  let content: unknown;
  try {
    content = JSON.parse(await file.text());
  } catch {
    return "security.unfit.json";
  }
  const what = whatIs(content);
  return what ? { what, file } : "security.unfit.kind";
}
