//! The facts that this slice tells. Each carries the thing as the API shows it.

use crate::model::measure::Phase;
use crate::record::CLASSIFICATION;
use kernel::actor::ActorId;
use kernel::fact::Fact;
use kernel::id::{FactId, TenantId};
use kernel::time::Timestamp;
use serde::Serialize;
use uuid::Uuid;

/// Who says these facts.
pub const SOURCE: &str = "security";

/// What a fact of this slice says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A measure holds, or is done.
    MeasureTaken,
    /// A measure was taken back.
    MeasureUndone,
    /// A measure could not be carried out.
    MeasureFailed,
    /// The SOC told of an incident: a new one, a newer state, its end.
    IncidentReported,
    /// Somebody has looked at an object of the inventory.
    ObjectReviewed,
    /// A flaw was found, opened again, accepted or mended.
    FlawChanged,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 6] = [
        Self::MeasureTaken,
        Self::MeasureUndone,
        Self::MeasureFailed,
        Self::IncidentReported,
        Self::ObjectReviewed,
        Self::FlawChanged,
    ];

    /// The type of the fact, as it stands in the journal. A published version is never changed.
    pub const fn fact_type(self) -> &'static str {
        match self {
            Self::MeasureTaken => "security.action_taken.v1",
            Self::MeasureUndone => "security.action_undone.v1",
            Self::MeasureFailed => "security.action_failed.v1",
            Self::IncidentReported => "security.incident_reported.v1",
            Self::ObjectReviewed => "security.object_reviewed.v1",
            Self::FlawChanged => "security.vulnerability_changed.v1",
        }
    }

    /// What the fact means, for the contract.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::MeasureTaken => "A security action holds, or a session was cut.",
            Self::MeasureUndone => "A security action was taken back, by somebody or because its time was over.",
            Self::MeasureFailed => "A security action could not be carried out and is not tried again.",
            Self::IncidentReported => {
                "The security centre told of an incident: a new one, a newer state of it, or its end."
            }
            Self::ObjectReviewed => "Somebody has looked at an object of the inventory and said what was found.",
            Self::FlawChanged => "A vulnerability was found, opened again, accepted or mended.",
        }
    }

    /// The fact that tells of the end of a phase.
    pub(crate) const fn of(phase: &Phase) -> Self {
        match phase {
            Phase::Undoing { .. } => Self::MeasureUndone,
            _ => Self::MeasureTaken,
        }
    }
}

/// The fact, with the thing as it is right after.
pub fn fact<T: Serialize>(
    kind: Kind,
    subject: String,
    by: &ActorId,
    data: &T,
    tenant: &TenantId,
    now: Timestamp,
) -> Fact {
    Fact {
        specversion: "1.0".to_owned(),
        id: FactId(Uuid::now_v7()),
        kind: kind.fact_type().to_owned(),
        source: format!("/{SOURCE}"),
        subject,
        time: now,
        tenant: tenant.clone(),
        actor: by.clone(),
        classification: CLASSIFICATION,
        areas: Vec::new(),
        data: serde_json::to_value(data).unwrap_or_default(),
    }
}
