//! Something that happened, in the envelope of CloudEvents 1.0.

use crate::actor::ActorId;
use crate::area::AreaCode;
use crate::classification::Classification;
use crate::command::Command;
use crate::id::{FactId, TenantId};
use crate::signal::Signal;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// A fact as it lies in the journal. Context attributes follow CloudEvents 1.0 section 3; `tenant`, `actor`,
/// `classification` and `areas` are extension attributes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fact {
    /// Always "1.0".
    pub specversion: String,
    /// Unique; derived ids make appending idempotent.
    pub id: FactId,
    /// Name, past tense, with version: `alert.raised.v1`. Signals are `signal.*.v1`, commands `command.requested.v1`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The slice that says it, such as `/alert`.
    pub source: String,
    /// The thing it happened to; facts of one subject keep their order.
    pub subject: String,
    /// When it happened, by the instance's clock.
    pub time: Timestamp,
    /// In which tenant.
    pub tenant: TenantId,
    /// Who did it.
    pub actor: ActorId,
    /// How far it may travel.
    pub classification: Classification,
    /// Areas concerned; empty means the whole city.
    #[serde(default)]
    pub areas: Vec<AreaCode>,
    /// The body, by the schema of `type`.
    pub data: serde_json::Value,
}

/// Type of a fact that carries a [`Signal`].
pub const SIGNAL: &str = "signal.published.v1";
/// Type of a fact that carries a [`Command`].
pub const COMMAND: &str = "command.requested.v1";

impl Fact {
    /// Wraps a signal.
    pub fn from_signal(signal: &Signal, tenant: &TenantId, actor: ActorId) -> Self {
        Self {
            specversion: "1.0".to_owned(),
            id: FactId(signal.id.0),
            kind: SIGNAL.to_owned(),
            source: format!("/{}", signal.source),
            subject: signal.group.clone(),
            time: signal.noticed,
            tenant: tenant.clone(),
            actor,
            classification: signal.classification,
            areas: signal.areas.clone(),
            data: serde_json::to_value(signal).unwrap_or_default(),
        }
    }

    /// Wraps a command.
    pub fn from_command(command: &Command, tenant: &TenantId, now: Timestamp) -> Self {
        Self {
            specversion: "1.0".to_owned(),
            id: FactId(command.id.0),
            kind: COMMAND.to_owned(),
            source: "/command".to_owned(),
            subject: command.device.to_string(),
            time: now,
            tenant: tenant.clone(),
            actor: command.by.clone(),
            classification: Classification::Internal,
            areas: Vec::new(),
            data: serde_json::to_value(command).unwrap_or_default(),
        }
    }

    /// The signal inside, if this fact carries one that can be read.
    pub fn signal(&self) -> Option<Signal> {
        (self.kind == SIGNAL)
            .then(|| serde_json::from_value(self.data.clone()).ok())
            .flatten()
    }

    /// The command inside, if this fact carries one that can be read.
    pub fn command(&self) -> Option<Command> {
        (self.kind == COMMAND)
            .then(|| serde_json::from_value(self.data.clone()).ok())
            .flatten()
    }
}
