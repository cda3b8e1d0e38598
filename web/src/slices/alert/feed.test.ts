// Snapshots, facts and versions.
import { describe, expect, it } from "vitest";
import type { Fact } from "../../api/wire";
import { aboutAlert, empty, snapshot, upsert } from "./feed";
import { alert } from "./sample";

describe("the feed", () => {
  it("never goes back to an older version", () => {
    const feed = upsert(upsert(empty, alert("a", { version: 3, state: "acknowledged" })), alert("a", { version: 2 }));
    expect(feed.alerts.get("a")?.state).toBe("acknowledged");
  });
  it("takes a snapshot, keeps what is newer than it, drops what it no longer names", () => {
    const before = upsert(upsert(empty, alert("a", { version: 5 })), alert("b"));
    const after = snapshot(before, [alert("a", { version: 4 }), alert("c")], false);
    expect([...after.alerts.keys()]).toEqual(["a", "c"]);
    expect(after.alerts.get("a")?.version).toBe(5);
    expect(after.complete).toBe(false);
  });
});

describe("a fact", () => {
  const fact = (data: unknown, subject = ""): Fact => ({ id: "1", type: "alert.raised.v1", source: "/alert", subject, time: "", data });
  it.each([
    ["carries the alert", fact(alert("a")), alert("a")],
    ["carries it one deeper", fact({ alert: alert("a") }), alert("a")],
    ["names it", fact({ alert: "a", severity: 3 }), "a"],
    ["names it otherwise", fact({ id: "a" }), "a"],
    ["names it in the subject", fact({}, "/alert/a"), "a"],
    ["cannot be read", fact(null), null],
  ])("%s", (_, about, wanted) => expect(aboutAlert(about)).toEqual(wanted));
});
