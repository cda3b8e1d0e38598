// What the trail is asked.
import { expect, it } from "vitest";
import { actorText, asked } from "./sieve";

const actorOf = (account: string) => (account === "nguyen.an" ? "person:1" : undefined);

it("names accounts as the trail does, and leaves other words and what is empty as they are", () => {
  expect(asked({ who: " nguyen.an ", act: " ", target: "alert/1", outcome: "denied" }, actorOf)).toEqual({ actor: "person:1", act: undefined, target: "alert/1", source: undefined, outcome: "denied", class: undefined, from: undefined, to: undefined });
  expect(asked({ who: "device:pump-1" }, actorOf).actor).toBe("device:pump-1");
  expect(asked({}, actorOf).actor).toBeUndefined();
});

it("names who acted", () => {
  expect([actorText({ kind: "person", id: "1" }), actorText({ kind: "anonymous" })]).toEqual(["person:1", "anonymous"]);
});
