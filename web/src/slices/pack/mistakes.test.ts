// What the server found wrong with a text.
import { expect, it } from "vitest";
import { Problem } from "../../api/problem";
import { firstIn, mistakesOf } from "./mistakes";

const refused = (fields: Record<string, unknown>) => new Problem(422, "", "", null, "pack_unfit", fields);
const wrong = { file: "rules/a.yaml", line: 7, column: 1, what: "unknown key 'units'", remedy: "remove it; keys are unit, when" };

it("reads file, place, finding and remedy, and how many more there are", () => {
  expect(mistakesOf(refused({ mistakes: [wrong], more: 3 }))).toEqual({ mistakes: [wrong], more: 3 });
});

// The page must stay whole whatever answers: another problem, another version of the server, no answer at all.
it.each([[refused({})], [refused({ mistakes: "many" })], [refused({ mistakes: [null, 7] })], [new Error("no answer")], [null]])("finds none in %s", (error) => expect(mistakesOf(error)).toEqual({ mistakes: [], more: 0 }));
it("passes over what is missing", () => expect(mistakesOf(refused({ mistakes: [{ file: "a", line: -1 }] })).mistakes).toEqual([{ file: "a", line: 0, column: 0, what: "", remedy: "" }]));

// A changed profile may break a rule: the caret stays in the file that is being written.
it("leads to the first place in the file that is open", () => {
  const other = { ...wrong, file: "rules/b.yaml", line: 2 };
  expect(firstIn("rules/a.yaml", [other, { ...wrong, line: 0 }, wrong])).toEqual({ line: 7, column: 1 });
  expect(firstIn("rules/c.yaml", [other, wrong])).toBeNull();
});
