// Where a post or a right holds, in words. Pure.
interface Names {
  orgName: (code: string) => string;
  areaName: (code: string) => string;
  /** Neither organisation nor area bounds it. */
  everywhere: string;
}

export function placeWords({ org, area }: { org?: string; area?: string }, { orgName, areaName, everywhere }: Names): string {
  return [org ? orgName(org) : "", area ? areaName(area) : ""].filter(Boolean).join(" · ") || everywhere;
}
