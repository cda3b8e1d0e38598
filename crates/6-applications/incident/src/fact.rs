//! The facts that this slice tells. Each carries the incident as the API shows it, so that a screen need not ask again.

use crate::model::Incident;
use crate::model::timeline::Act;
use crate::wire;
use kernel::actor::ActorId;
use kernel::fact::Fact;
use kernel::id::{FactId, TenantId};
use kernel::time::Timestamp;
use uuid::Uuid;

/// Who says these facts, and the name of the consumer behind them.
pub const SOURCE: &str = "incident";

/// What a fact of this slice says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// It began.
    Opened,
    /// An alert joined it.
    Linked,
    /// Its severity was changed.
    SeveritySet,
    /// Somebody shall work on it, or need not any more.
    Assigned,
    /// Something was written down, by a person or by this program.
    Noted,
    /// Work began.
    Started,
    /// It ended.
    Closed,
    /// It was not over after all.
    Reopened,
}

impl Kind {
    /// All kinds, in the order of a life.
    pub const ALL: [Self; 8] = [
        Self::Opened,
        Self::Linked,
        Self::SeveritySet,
        Self::Assigned,
        Self::Noted,
        Self::Started,
        Self::Closed,
        Self::Reopened,
    ];

    /// The type of the fact, as it stands in the journal. A published version is never changed.
    pub const fn fact_type(self) -> &'static str {
        match self {
            Self::Opened => "incident.opened.v1",
            Self::Linked => "incident.linked.v1",
            Self::SeveritySet => "incident.severity_set.v1",
            Self::Assigned => "incident.assigned.v1",
            Self::Noted => "incident.noted.v1",
            Self::Started => "incident.started.v1",
            Self::Closed => "incident.closed.v1",
            Self::Reopened => "incident.reopened.v1",
        }
    }

    /// What the fact means, for the contract.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Opened => "An incident was opened: by a grave alert, from alerts that a person chose, or by hand.",
            Self::Linked => "An alert joined an incident, by rule or by hand.",
            Self::SeveritySet => "The severity of an incident was changed by a person or by a graver alert.",
            Self::Assigned => {
                "An organisation or a person of it was given work on an incident, or was withdrawn from it."
            }
            Self::Noted => {
                "Something was written into the timeline of an incident: by a person, or because all its alerts are over \
                 or one goes on again. The words stand in the timeline only."
            }
            Self::Started => "Somebody began to work on an incident.",
            Self::Closed => "Somebody closed an incident with a reason.",
            Self::Reopened => "Somebody opened a closed incident again with a reason.",
        }
    }

    /// The fact that tells of an act.
    pub const fn of(act: &Act) -> Self {
        match act {
            Act::Opened { .. } => Self::Opened,
            Act::Linked { .. } => Self::Linked,
            Act::SeveritySet { .. } => Self::SeveritySet,
            Act::Assigned { .. } | Act::Withdrawn { .. } => Self::Assigned,
            Act::Noted { .. } | Act::AlertsOver | Act::AlertBack { .. } => Self::Noted,
            Act::Started { .. } => Self::Started,
            Act::Closed { .. } => Self::Closed,
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

/// The fact, with the incident as it is right after. `version` is the one that the commit gives it.
pub fn fact(happened: Happened, incident: &Incident, version: u64, tenant: &TenantId) -> Fact {
    Fact {
        specversion: "1.0".to_owned(),
        id: FactId(happened.id),
        kind: happened.kind.fact_type().to_owned(),
        source: format!("/{SOURCE}"),
        subject: incident.id.to_string(),
        time: happened.at,
        tenant: tenant.clone(),
        actor: happened.by,
        classification: incident.classification,
        areas: incident.areas.clone(),
        data: serde_json::to_value(wire::Incident::brief(incident, version)).unwrap_or_default(),
    }
}
