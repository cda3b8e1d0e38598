// Where a button of another provider may lead.
import { expect, it } from "vitest";
import { wayOf } from "./useProviders";

it.each([
  ["/api/v1/session/oidc/vneid", true],
  ["https://elsewhere.example/", false],
  ["//elsewhere.example/", false],
  ["/api/v1/../../elsewhere", false],
  ["javascript:alert(1)", false],
  ["", false],
])("%s", (begin, taken) => expect(wayOf({ id: "a", title: { vi: "A", en: "A" }, begin }) !== null).toBe(taken));
