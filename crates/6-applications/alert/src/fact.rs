//! The facts that this slice tells. Each carries the alert as the API shows it, so that a screen need not ask again.

use crate::model::{Act, Alert};
use crate::wire;
use kernel::actor::ActorId;
use kernel::fact::Fact;
use kernel::id::{FactId, TenantId};
use kernel::time::Timestamp;
use uuid::Uuid;

/// Who says these facts, and the name of the consumer behind them.
pub const SOURCE: &str = "alert";

/// What a fact of this slice says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// It began.
    Raised,
    /// New figures, at least 60 s after the last fact of the same alert.
    Renewed,
    /// It became graver.
    Escalated,
    /// It became lighter.
    Eased,
    /// Somebody took note.
    Acknowledged,
    /// Somebody wrote something.
    Commented,
    /// Somebody put it aside.
    Shelved,
    /// It came back.
    Unshelved,
    /// It ended.
    Cleared,
    /// It began again.
    Reopened,
}

impl Kind {
    /// All kinds, in the order of a life.
    pub const ALL: [Self; 10] = [
        Self::Raised,
        Self::Renewed,
        Self::Escalated,
        Self::Eased,
        Self::Acknowledged,
        Self::Commented,
        Self::Shelved,
        Self::Unshelved,
        Self::Cleared,
        Self::Reopened,
    ];

    /// The type of the fact, as it stands in the journal. A published version is never changed.
    pub const fn fact_type(self) -> &'static str {
        match self {
            Self::Raised => "alert.raised.v1",
            Self::Renewed => "alert.renewed.v1",
            Self::Escalated => "alert.escalated.v1",
            Self::Eased => "alert.eased.v1",
            Self::Acknowledged => "alert.acknowledged.v1",
            Self::Commented => "alert.commented.v1",
            Self::Shelved => "alert.shelved.v1",
            Self::Unshelved => "alert.unshelved.v1",
            Self::Cleared => "alert.cleared.v1",
            Self::Reopened => "alert.reopened.v1",
        }
    }

    /// What the fact means, for the contract.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Raised => "An alert began.",
            Self::Renewed => "An alert goes on with new figures; at least 60 s after its last fact.",
            Self::Escalated => "An alert became graver. An acknowledgement of less has ended.",
            Self::Eased => "An alert became lighter.",
            Self::Acknowledged => "Somebody took note of an alert. It stays open.",
            Self::Commented => "Somebody wrote a comment on an alert; the words stand in its timeline only.",
            Self::Shelved => "Somebody put an alert aside for a while.",
            Self::Unshelved => {
                "An alert came back from the shelf: its time was up, it became graver, or somebody asked."
            }
            Self::Cleared => "An alert ended: all its causes are over, or somebody cleared it with a reason.",
            Self::Reopened => "An alert began again shortly after it was cleared.",
        }
    }

    /// The fact that tells of an act.
    pub const fn of(act: &Act) -> Self {
        match act {
            Act::Raised { .. } => Self::Raised,
            Act::Escalated { .. } => Self::Escalated,
            Act::Eased { .. } => Self::Eased,
            Act::Acknowledged { .. } => Self::Acknowledged,
            Act::Commented { .. } => Self::Commented,
            Act::Shelved { .. } => Self::Shelved,
            Act::Unshelved { .. } => Self::Unshelved,
            Act::Cleared { .. } => Self::Cleared,
            Act::Reopened { .. } => Self::Reopened,
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

/// The fact, with the alert as it is right after. `version` is the one that the commit gives it.
pub fn fact(happened: Happened, alert: &Alert, version: u64, tenant: &TenantId) -> Fact {
    Fact {
        specversion: "1.0".to_owned(),
        id: FactId(happened.id),
        kind: happened.kind.fact_type().to_owned(),
        source: format!("/{SOURCE}"),
        subject: alert.id.to_string(),
        time: happened.at,
        tenant: tenant.clone(),
        actor: happened.by,
        classification: alert.classification,
        areas: alert.areas.clone(),
        data: serde_json::to_value(wire::Alert::brief(alert, version)).unwrap_or_default(),
    }
}
