//! The facts of this slice, as they lie in the journal.

use crate::model::__Name__;
use crate::wire;
use kernel::actor::ActorId;
use kernel::fact::Fact;
use kernel::id::{FactId, TenantId};
use kernel::time::Timestamp;
use uuid::Uuid;

/// Who says these facts.
pub const SOURCE: &str = "__name__";

/// What a fact of this slice says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It began.
    Opened,
    /// It ended.
    Closed,
}

impl Kind {
    /// The type of the fact. A published version is never changed.
    pub const fn fact_type(self) -> &'static str {
        match self {
            Self::Opened => "__name__.opened.v1",
            Self::Closed => "__name__.closed.v1",
        }
    }
}

/// Something that was decided; a fact as soon as it is committed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Happened {
    /// UUIDv7 for an act of a person, derived otherwise.
    pub id: Uuid,
    /// What.
    pub kind: Kind,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: ActorId,
}

/// The fact, with the thing as it is right after. `version` is the one that the commit gives it.
pub fn fact(happened: Happened, it: &__Name__, version: u64, tenant: &TenantId) -> Fact {
    Fact {
        specversion: "1.0".to_owned(),
        id: FactId(happened.id),
        kind: happened.kind.fact_type().to_owned(),
        source: format!("/{SOURCE}"),
        subject: it.id.to_string(),
        time: happened.at,
        tenant: tenant.clone(),
        actor: happened.by,
        classification: it.classification,
        areas: it.areas.clone(),
        data: serde_json::to_value(wire::__Name__::of(it, version)).unwrap_or_default(),
    }
}
