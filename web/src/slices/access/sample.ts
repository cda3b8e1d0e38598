// A session, a person and a role for tests.
import type { Person, Right, Session } from "./wire";

export function session(change: Partial<Session> = {}): Session {
  return {
    person: "0190a6f2-0000-7000-8000-000000000001",
    account: "truc-ban",
    name: "truc-ban",
    roles: ["duty_officer"],
    tenant: "government",
    must_change_password: false,
    posts: [
      { number: 0, roles: [{ code: "duty_officer", title: { vi: "Trực ban", en: "Duty officer" } }] },
      { number: 1, area: "00070", roles: [{ code: "ward_leader", title: { vi: "Lãnh đạo phường", en: "Ward leader" } }] },
    ],
    post: 0,
    actions: ["alert.read", "alert.comment"],
    max_classification: "internal",
    second_factor: false,
    second_factor_due: false,
    ...change,
  };
}

export function right(change: Partial<Right> = {}): Right {
  return { id: "r1", role: "duty_officer", title: { vi: "Trực ban, điều hành viên", en: "Duty officer" }, by: "person:0190a6f2-0000-7000-8000-000000000001", at: "2026-11-01T00:00:00Z", ...change };
}

export function person(change: Partial<Person> = {}): Person {
  return { account: "nguyen.an", actor: "person:0190a6f2-0000-7000-8000-000000000002", kind: "person", clearance: "internal", must_change_password: false, second_factor: false, rights: [right()], links: [], ...change };
}
