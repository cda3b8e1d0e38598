// A file is known by what stands in it, and what is neither is not sent.
import { expect, it } from "vitest";
import { MOST_BYTES, look, whatIs } from "./upload";

it.each<[string, unknown, string | null]>([
  ["a list of parts", { bomFormat: "CycloneDX", specVersion: "1.6", components: [] }, "parts"],
  ["one advisory", { id: "RUSTSEC-2026-0001", affected: [] }, "advisories"],
  ["several", [{ id: "GHSA-1" }, { id: "GHSA-2" }], "advisories"],
  ["the answer of a service", { vulns: [{ id: "GHSA-1" }] }, "advisories"],
  ["a list in which something else stands", [{ id: "GHSA-1" }, 7], null],
  ["another form of parts", { spdxVersion: "SPDX-2.3" }, null],
  ["a number", 7, null],
  ["nothing", null, null],
])("%s", (_, content, what) => expect(whatIs(content)).toBe(what));

it("says why a file is not sent", async () => {
  const file = new Blob(['{"bomFormat":"CycloneDX"}']);
  expect(await look(file)).toEqual({ what: "parts", file });
  expect(await look(new Blob(["{"]))).toBe("security.unfit.json");
  expect(await look(new Blob(["{}"]))).toBe("security.unfit.kind");
  const large = { size: MOST_BYTES + 1, text: () => Promise.reject(new Error("it is not read")) } as unknown as Blob;
  expect(await look(large)).toBe("security.unfit.large");
});
