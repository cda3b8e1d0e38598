//! The facts that this crate tells: who may do what has changed. They carry ids, never personal fields (SEMANTICS 29).

use crate::model::Account;
use kernel::actor::ActorId;
use kernel::classification::Classification;
use kernel::fact::Fact;
use kernel::id::{FactId, TenantId};
use kernel::time::Timestamp;
use serde_json::Value;

/// What a fact of this crate says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An account was made.
    PersonCreated,
    /// State, password, second factor or clearance of an account changed.
    PersonChanged,
    /// A role was given for an organisation and an area.
    RightGiven,
    /// A role was withdrawn.
    RightWithdrawn,
    /// A session was ended by somebody.
    SessionEnded,
    /// An API token was made.
    TokenMade,
    /// An API token was ended.
    TokenEnded,
    /// An account was linked with a name at a provider.
    LinkMade,
    /// Such a link was taken away.
    LinkEnded,
    /// Somebody asked for the emergency account.
    EmergencyAsked,
    /// A second person opened it.
    EmergencyOpened,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 11] = [
        Self::PersonCreated,
        Self::PersonChanged,
        Self::RightGiven,
        Self::RightWithdrawn,
        Self::SessionEnded,
        Self::TokenMade,
        Self::TokenEnded,
        Self::LinkMade,
        Self::LinkEnded,
        Self::EmergencyAsked,
        Self::EmergencyOpened,
    ];

    /// The type of the fact, as it stands in the journal. A published version is never changed.
    pub const fn fact_type(self) -> &'static str {
        match self {
            Self::PersonCreated => "access.person_created.v1",
            Self::PersonChanged => "access.person_changed.v1",
            Self::RightGiven => "access.right_given.v1",
            Self::RightWithdrawn => "access.right_withdrawn.v1",
            Self::SessionEnded => "access.session_ended.v1",
            Self::TokenMade => "access.token_made.v1",
            Self::TokenEnded => "access.token_ended.v1",
            Self::LinkMade => "access.link_made.v1",
            Self::LinkEnded => "access.link_ended.v1",
            Self::EmergencyAsked => "access.emergency_asked.v1",
            Self::EmergencyOpened => "access.emergency_opened.v1",
        }
    }
}

/// A fact about an account. Its subject is the account's actor; restricted, because it tells of rights.
pub fn fact(kind: Kind, by: &ActorId, account: &Account, data: Value, tenant: &TenantId, now: Timestamp) -> Fact {
    Fact {
        specversion: "1.0".to_owned(),
        id: FactId(uuid::Uuid::now_v7()),
        kind: kind.fact_type().to_owned(),
        source: "/access".to_owned(),
        subject: account.actor_id().to_string(),
        time: now,
        tenant: tenant.clone(),
        actor: by.clone(),
        classification: Classification::Restricted,
        areas: Vec::new(),
        data,
    }
}
