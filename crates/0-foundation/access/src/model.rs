//! Accounts of people and their sessions.

use kernel::id::PersonId;
use kernel::time::Timestamp;
use std::collections::BTreeSet;

/// An account with which a person signs in.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    /// What people type: lower case, 3 to 64 of a-z, 0-9, `.`, `_`, `-`.
    pub name: String,
    /// Who; the only form in which facts and audit know the person.
    pub person: PersonId,
    /// Argon2id in PHC form.
    pub password: String,
    /// The first password must be changed before anything else.
    pub must_change: bool,
    /// Role codes.
    pub roles: BTreeSet<String>,
    /// Wrong passwords since the last right one.
    pub failures: u32,
    /// No sign-in before this wall time.
    pub locked_until: Option<Timestamp>,
}

impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            name,
            person,
            must_change,
            roles,
            failures,
            locked_until,
            password: _,
        } = self;
        f.debug_struct("Account")
            .field("name", name)
            .field("person", person)
            .field("must_change", must_change)
            .field("roles", roles)
            .field("failures", failures)
            .field("locked_until", locked_until)
            .finish_non_exhaustive()
    }
}

/// How long sessions last.
#[derive(Clone, Copy, Debug)]
pub struct SessionLimits {
    /// Seconds without any request after which a session ends.
    pub idle_s: u64,
    /// Seconds after sign-in at which a session ends in any case.
    pub absolute_s: u64,
}

/// Roles that this build knows; the full list comes with the access issue.
pub const ROLES: [&str; 3] = ["administrator", "duty_officer", "leader"];

/// Wrong passwords in a row after which an account rests.
pub const MAX_FAILURES: u32 = 5;
/// How long it rests, in seconds.
pub const LOCK_S: u64 = 300;
/// Most sessions of one account at a time; a further sign-in ends the oldest.
pub const MAX_SESSIONS: usize = 32;
