//! Accounts of people and services, the rights they hold, and their sessions.

use kernel::actor::ActorId;
use kernel::area::AreaCode;
use kernel::classification::Classification;
use kernel::id::{OrgId, PersonId};
use kernel::time::Timestamp;
use policy::post::Assignment;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Who is behind an account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Somebody who signs in.
    #[default]
    Person,
    /// Another system; it has API tokens and no password.
    Service,
}

/// A role that an account holds, and who gave it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Right {
    /// By which it is withdrawn.
    pub id: Uuid,
    /// Code of the role.
    pub role: String,
    /// The organisation in which it is held; none: the whole tenant.
    #[serde(default)]
    pub org: Option<OrgId>,
    /// The area in which it is held; none: the whole city.
    #[serde(default)]
    pub area: Option<AreaCode>,
    /// From then on it counts no more.
    #[serde(default)]
    pub until: Option<Timestamp>,
    /// Who gave it.
    pub by: ActorId,
    /// When.
    pub at: Timestamp,
}

impl Right {
    /// A role for the whole tenant and city, given by the program itself.
    pub fn everywhere(role: &str, at: Timestamp) -> Self {
        Self {
            id: Uuid::now_v7(),
            role: role.to_owned(),
            org: None,
            area: None,
            until: None,
            by: ActorId::Service("access".to_owned()),
            at,
        }
    }

    /// As the policies see it.
    pub fn assignment(&self) -> Assignment {
        Assignment {
            role: self.role.clone(),
            org: self.org.clone(),
            area: self.area.clone(),
            until: self.until,
        }
    }
}

/// A second factor: one-time passwords by the clock (RFC 6238).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondFactor {
    /// The secret, sealed with the key of the instance.
    pub sealed: String,
    /// A code of it was shown once; until then it does not count.
    pub confirmed: bool,
    /// The last time step of which a code was taken; none is taken twice.
    pub step: u64,
    /// SHA-256 of the recovery codes that are left.
    pub recovery: Vec<String>,
}

/// Who somebody is at another provider, and may sign in as here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// By which it is taken away.
    pub id: Uuid,
    /// Code of the provider in the configuration.
    pub provider: String,
    /// The provider's own name; another issuer under the same code opens nothing.
    pub issuer: String,
    /// Which claim says who it is.
    pub claim: String,
    /// What that claim says of this person.
    pub subject: String,
    /// Who linked them.
    pub by: ActorId,
    /// When.
    pub at: Timestamp,
}

/// An account.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    /// What people type: lower case, 3 to 64 of a-z, 0-9, `.`, `_`, `-`.
    pub name: String,
    /// Who; the only form in which facts and audit know the person.
    pub person: PersonId,
    /// A person or another system.
    pub kind: Kind,
    /// Argon2id in PHC form; empty: no password opens it.
    pub password: String,
    /// The first password must be changed before anything else.
    pub must_change: bool,
    /// What it may do, where, and until when.
    pub rights: Vec<Right>,
    /// The highest classification that the person was cleared for.
    pub clearance: Classification,
    /// The account was ended then; nobody signs in with it.
    pub ended: Option<Timestamp>,
    /// Wrong passwords since the last right one.
    pub failures: u32,
    /// No sign-in before this wall time.
    pub locked_until: Option<Timestamp>,
    /// One-time passwords, if the person enrolled.
    pub second: Option<SecondFactor>,
    /// Who the person is at other providers.
    pub links: Vec<Link>,
}

impl Account {
    /// How facts and audit name it.
    pub fn actor_id(&self) -> ActorId {
        match self.kind {
            Kind::Person => ActorId::Person(self.person),
            Kind::Service => ActorId::Service(self.name.clone()),
        }
    }

    /// Whether sign-in asks for a code.
    pub fn has_second_factor(&self) -> bool {
        self.second.as_ref().is_some_and(|second| second.confirmed)
    }
}

impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Account")
            .field("name", &self.name)
            .field("person", &self.person)
            .field("kind", &self.kind)
            .field("must_change", &self.must_change)
            .field("rights", &self.rights)
            .field("clearance", &self.clearance)
            .field("ended", &self.ended)
            .field("failures", &self.failures)
            .field("locked_until", &self.locked_until)
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

/// The roles of the first account; those that handle data and rights of others are given by it.
pub const FIRST_ROLES: [&str; 2] = ["administrator", "duty_officer"];

/// How the accounts of an instance are kept.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// How long sessions last.
    pub limits: SessionLimits,
    /// Nobody sees more than this (SEMANTICS 26).
    pub max_classification: Classification,
    /// Roles that are marked so need a second factor.
    pub second_factor: bool,
}

/// Wrong passwords in a row after which an account rests.
pub const MAX_FAILURES: u32 = 5;
/// How long it rests, in seconds.
pub const LOCK_S: u64 = 300;
/// Most providers' names that one account is linked with.
pub const MAX_LINKS: usize = 8;
/// Most sessions of one account at a time; a further sign-in ends the oldest.
pub const MAX_SESSIONS: usize = 32;
