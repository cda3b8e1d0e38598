// A secret that is typed by hand, in groups of four. Pure.
export function inFours(secret: string): string {
  return secret.replace(/\s+/g, "").match(/.{1,4}/g)?.join(" ") ?? "";
}
