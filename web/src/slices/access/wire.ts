// What the API of access says, exactly as crates/0-foundation/access/src/wire writes it. Until api/schema.ts is generated from this server: then these names come from there.
import type { Instant, Words } from "../../api/wire";

/** Ordered from open to closed. */
export const classifications = ["public", "internal", "restricted", "confidential", "secret", "top_secret"] as const;
export type Classification = (typeof classifications)[number];

export interface RoleName {
  code: string;
  title: Words;
}

/** What one is at one place; a session acts in one post at a time. */
export interface Post {
  number: number;
  /** Absent: the whole tenant. */
  org?: string;
  /** Absent: the whole city. */
  area?: string;
  roles: RoleName[];
  until?: Instant;
}

export interface Session {
  person: string;
  account: string;
  name: string;
  roles: string[];
  tenant: string;
  must_change_password: boolean;
  posts: Post[];
  post: number;
  /** The codes of all actions that are permitted in the post. */
  actions: string[];
  max_classification: Classification;
  second_factor: boolean;
  expires?: Instant;
  /** A role of the post asks for a second factor, and this session has shown none. */
  second_factor_due: boolean;
  /** After a change of the password: how many API tokens ended with it. */
  ended_tokens?: number;
}

/** A sign-in at somebody else's. */
export interface Provider {
  id: string;
  title: Words;
  /** Where the browser goes, on this server. */
  begin: string;
}

export interface OpenSession {
  id: string;
  since: Instant;
  seen: Instant;
  from: string;
  second_factor: boolean;
  present: boolean;
  /** Where the person signed in; absent: with a password here. */
  provider?: string;
}

export interface Token {
  id: string;
  title: string;
  actions: string[];
  at: Instant;
  by: string;
  expires: Instant;
}

export interface MadeToken {
  secret: string;
  token: Token;
}

export interface Enrolment {
  /** Base32, to be typed in. */
  secret: string;
  /** `otpauth:`, for an app on the same machine. */
  address: string;
}

export interface Right {
  id: string;
  role: string;
  title: Words;
  org?: string;
  area?: string;
  until?: Instant;
  by: string;
  at: Instant;
}

/** What a provider calls the person, who signs in there. */
export interface Link {
  id: string;
  provider: string;
  subject: string;
  by: string;
  at: Instant;
}

export interface Person {
  account: string;
  /** How facts and audit name it, such as `person:0190…`. */
  actor: string;
  kind: "person" | "service";
  clearance: Classification;
  /** When the account was ended; for the emergency account also when it will. */
  ended?: Instant;
  locked_until?: Instant;
  must_change_password: boolean;
  second_factor: boolean;
  rights: Right[];
  links: Link[];
}

export interface MadePerson {
  person: Person;
  /** Of a person; shown once. */
  password?: string;
}

export interface Role {
  code: string;
  title: Words;
  own_org_only: boolean;
  second_factor: boolean;
  ceiling: Classification;
  actions: string[];
}

export interface RoleList {
  items: Role[];
  actions: { code: string; title: Words }[];
}

export interface Explanation {
  action: string;
  object?: string;
  allowed: boolean;
  text: Words;
  rules: { rule: string; text: Words }[];
  roles: string[];
  /** By number, as in the session. */
  other_posts: number[];
}

export interface ReviewLine {
  account: string;
  actor: string;
  state: "active" | "ended" | "never_signed_in";
  second_factor: boolean;
  /** A role asks for a second factor and the account has none. */
  weak: boolean;
  right: Right;
  validity: "valid" | "over";
  endless: boolean;
}

export interface Review {
  at: Instant;
  items: ReviewLine[];
}
