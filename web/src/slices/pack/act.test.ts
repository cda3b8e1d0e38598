// The requests that change an item of the pack.
import { expect, it } from "vitest";
import { type Deed, requestOf } from "./act";

const asked = (deed: Deed, version = 3) => requestOf("/api/v1/pack/rule/a", { deed, version });

// Without If-Match the server takes a change whatever happened meanwhile, and what somebody else wrote is covered unseen.
it("names in each the version that was judged, also that there was none", () => {
  const deeds: Deed[] = [{ act: "put", text: "a" }, { act: "lift" }, { act: "settle", take: "overlay" }, { act: "settle", take: "base" }, { act: "settle", take: "text", text: "a" }];
  for (const deed of deeds) expect(asked(deed).headers).toEqual({ "if-match": '"3"' });
  expect(asked({ act: "put", text: "a" }, 0).headers).toEqual({ "if-match": '"0"' });
});

// The body is the file as it would stand in the pack, not a string of JSON.
it("sends a text as it stands", async () => {
  const { method, path, body } = asked({ act: "put", text: 'rule: "ngập"\n' });
  expect([method, path]).toEqual(["PUT", "/api/v1/pack/rule/a"]);
  expect(body).toBeInstanceOf(Blob);
  expect(await (body as Blob).text()).toBe('rule: "ngập"\n');
  expect((body as Blob).type).toBe("text/plain;charset=utf-8");
});

// The server refuses a text beside another choice.
it("sends a text only with the choice of a text", () => {
  expect(asked({ act: "lift" })).toMatchObject({ method: "DELETE", path: "/api/v1/pack/rule/a/overlay" });
  expect(asked({ act: "settle", take: "base" })).toMatchObject({ method: "POST", path: "/api/v1/pack/rule/a/resolve", body: { take: "base" } });
  expect(asked({ act: "settle", take: "text", text: "x" }).body).toEqual({ take: "text", text: "x" });
});
