// Both languages say the same things.
import { expect, it } from "vitest";
import firstEn from "./en.json";
import packEn from "./pack.en.json";
import packVi from "./pack.vi.json";
import firstVi from "./vi.json";

const en = { ...firstEn, ...packEn };
const vi = { ...firstVi, ...packVi };

/** All keys of a resource, plural endings cut; Vietnamese has no singular. */
function keys(part: object, path = ""): string[] {
  return Object.entries(part).flatMap(([name, value]) => (typeof value === "object" ? keys(value, `${path}${name}.`) : [`${path}${name}`.replace(/_(one|other)$/, "")]));
}
/** The placeholders of each text. */
function holes(part: object): Map<string, string> {
  const found = new Map<string, string>();
  const walk = (each: object, path: string) => {
    for (const [name, value] of Object.entries(each)) {
      if (typeof value === "object") walk(value, `${path}${name}.`);
      else found.set(`${path}${name}`, [...String(value).matchAll(/\{\{(\w+)\}\}/g)].map((hole) => hole[1]).sort().join(" "));
    }
  };
  walk(part, "");
  return found;
}

it("both languages say the same things", () => {
  expect([...new Set(keys(en))].sort()).toEqual([...new Set(keys(vi))].sort());
});
it("with the same placeholders", () => {
  const english = holes(en);
  for (const [key, wanted] of holes(vi)) expect([key, english.get(key)]).toEqual([key, wanted]);
});
it("leaves nothing empty", () => {
  expect(JSON.stringify([vi, en])).not.toMatch(/:\s*""/);
});
