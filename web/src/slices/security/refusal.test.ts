// What a refusal says in both languages is taken as it is, and nothing else is taken for it.
import { expect, it } from "vitest";
import { Problem } from "../../api/problem";
import { textOf } from "./refusal";

const problem = (text?: unknown) => new Problem(412, "", "the object is at version 2", null, "changed_meanwhile", text === undefined ? {} : { text });

it.each<[unknown, object | null]>([
  [problem({ vi: "ai đó vừa thay đổi", en: "somebody changed it" }), { vi: "ai đó vừa thay đổi", en: "somebody changed it" }],
  [problem({ vi: "chỉ tiếng Việt" }), { vi: "chỉ tiếng Việt", en: "" }],
  [problem({ en: "English only" }), null],
  [problem("a plain text"), null],
  [problem(), null],
  [new Error("no answer"), null],
])("%#", (error, said) => expect(textOf(error)).toEqual(said));
