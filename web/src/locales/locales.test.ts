// Both languages say the same things, in each file, and no word stands in two.
import { readFileSync, readdirSync } from "node:fs";
import { expect, it } from "vitest";

/** "" is the first view; the others are loaded with their room. */
const rooms = readdirSync(new URL(".", import.meta.url)).flatMap((file) => /^(?:(\w+)\.)?vi\.json$/.exec(file)?.map((room) => room ?? "").slice(1) ?? []);
const read = (room: string, language: string) => JSON.parse(readFileSync(new URL(`./${room && `${room}.`}${language}.json`, import.meta.url), "utf8")) as object;

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

it("every file comes in both languages, and each key once", () => {
  const files = readdirSync(new URL(".", import.meta.url)).filter((file) => file.endsWith(".json"));
  expect(rooms).toEqual(expect.arrayContaining(["", "audit", "pack", "people", "security", "setting"]));
  expect(files.length).toBe(rooms.length * 2);
  const all = rooms.flatMap((room) => [...new Set(keys(read(room, "vi")))]);
  expect(all.filter((key, at) => all.indexOf(key) !== at)).toEqual([]);
});
it.each(rooms)("both languages say the same things: %s", (room) => {
  expect([...new Set(keys(read(room, "en")))].sort()).toEqual([...new Set(keys(read(room, "vi")))].sort());
});
it.each(rooms)("with the same placeholders: %s", (room) => {
  const english = holes(read(room, "en"));
  for (const [key, wanted] of holes(read(room, "vi"))) expect([key, english.get(key)]).toEqual([key, wanted]);
});
it.each(rooms)("leaves nothing empty: %s", (room) => {
  expect(JSON.stringify([read(room, "vi"), read(room, "en")])).not.toMatch(/:\s*""/);
});
