// Which errors lead to the question why.
import { expect, it } from "vitest";
import { Problem } from "../api/problem";
import { questionOf } from "./why";

const about = { action: "incident.read", object: "incident/1" };
const problem = (status: number, code: string, fields = {}) => new Problem(status, "", "", null, code, fields);

it.each<[string, Problem, typeof about | undefined, object | null]>([
  ["what is not there, or not for me", problem(404, "not_found"), about, about],
  ["a page that is not there", problem(404, "not_found"), undefined, null],
  ["the door names the action", problem(403, "denied", { action: "incident.note" }), about, { action: "incident.note", object: "incident/1" }],
  ["the door, of a list", problem(403, "denied", { action: "audit.read" }), undefined, { action: "audit.read" }],
  ["a service refuses without naming it", problem(403, "denied"), about, about],
  ["a refusal that is not of rights", problem(403, "foreign_origin"), about, null],
  ["a mistake", problem(422, "invalid_value"), about, null],
  ["no answer", problem(0, ""), about, null],
])("%s", (_, error, asked, wanted) => expect(questionOf(error, asked)).toEqual(wanted));
