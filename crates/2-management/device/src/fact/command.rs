//! The facts about commands. Each carries the command as the API shows it.

use super::SOURCE;
use crate::model::command::Command;
use crate::wire::command::CommandView;
use kernel::actor::ActorId;
use kernel::area::AreaCode;
use kernel::classification::Classification;
use kernel::fact::Fact;
use kernel::id::{FactId, TenantId};
use kernel::time::Timestamp;
use uuid::Uuid;

/// What a fact about a command says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// It was ordered and waits.
    Queued,
    /// The device's connection has it.
    Sent,
    /// It was carried out.
    Done,
    /// It was not, for a reason.
    Refused,
    /// Its deadline passed.
    Expired,
    /// It cannot be handed over.
    Failed,
    /// An answer came when everything was settled.
    AnsweredLate,
}

impl Kind {
    /// All kinds, in the order of a life.
    pub const ALL: [Self; 7] = [
        Self::Queued,
        Self::Sent,
        Self::Done,
        Self::Refused,
        Self::Expired,
        Self::Failed,
        Self::AnsweredLate,
    ];

    /// The type of the fact, as it stands in the journal. A published version is never changed.
    pub const fn fact_type(self) -> &'static str {
        match self {
            Self::Queued => "command.queued.v1",
            Self::Sent => "command.sent.v1",
            Self::Done => "command.done.v1",
            Self::Refused => "command.refused.v1",
            Self::Expired => "command.expired.v1",
            Self::Failed => "command.failed.v1",
            Self::AnsweredLate => "command.answered_late.v1",
        }
    }

    /// What the fact means, for the contract.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Queued => "A command to a device was ordered; it waits until the device listens.",
            Self::Sent => {
                "A command was handed to the connection of its device; told again when the device came back without an answer."
            }
            Self::Done => "A device has carried out a command.",
            Self::Refused => {
                "A device did not carry out a command, or the house may not pass it on; `reason` or `answer` says why."
            }
            Self::Expired => {
                "The deadline of a command passed without an answer. Nobody knows whether it was carried out."
            }
            Self::Failed => "A command cannot be handed to its device; `reason` says why.",
            Self::AnsweredLate => "A device answered a command that was settled before; its state stays.",
        }
    }
}

/// Something that was decided; a fact as soon as it is committed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Happened {
    /// Derived from the command and its line.
    pub id: Uuid,
    /// What.
    pub kind: Kind,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: ActorId,
}

/// Where a fact counts and how far it may travel: as its device does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// Areas.
    pub areas: Vec<AreaCode>,
    /// Classification.
    pub classification: Classification,
}

/// The fact, with the command as it is right after. `version` is the one that the commit gives it.
pub fn fact(happened: Happened, command: &Command, version: u64, reach: &Reach, tenant: &TenantId) -> Fact {
    Fact {
        specversion: "1.0".to_owned(),
        id: FactId(happened.id),
        kind: happened.kind.fact_type().to_owned(),
        source: format!("/{SOURCE}"),
        subject: command.id.to_string(),
        time: happened.at,
        tenant: tenant.clone(),
        actor: happened.by,
        classification: reach.classification,
        areas: reach.areas.clone(),
        data: serde_json::to_value(CommandView::brief(command, version)).unwrap_or_default(),
    }
}
