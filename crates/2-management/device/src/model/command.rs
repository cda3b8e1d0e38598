//! A command to a device and everything that became of it.

use kernel::actor::ActorId;
use kernel::id::{CommandId, DeviceId};
use kernel::text::LangText;
use kernel::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Arguments of a command by name.
pub type Params = BTreeMap<String, Value>;

/// A command to a device.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Command {
    /// Its id; the device sees it and names it in its answer.
    pub id: CommandId,
    /// The device that shall obey.
    pub device: DeviceId,
    /// Its name in the profile, such as `pump.set`.
    pub name: String,
    /// Its arguments.
    pub params: Params,
    /// Who ordered it.
    pub by: ActorId,
    /// When it was ordered.
    pub at: Timestamp,
    /// After this instant it must not be carried out.
    pub deadline: Timestamp,
    /// Where it stands.
    pub phase: Phase,
    /// How often it was handed to the device's connection.
    pub sent: u32,
    /// The answer that settled it; for an expired one the first that came too late.
    pub answer: Option<Given>,
    /// Digest of what was asked under an Idempotency-Key.
    pub asked: Option<Uuid>,
    /// What happened, oldest first; it only grows.
    pub timeline: Vec<Line>,
}

/// Where a command stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Phase {
    /// It waits until the device listens.
    Queued,
    /// The device's connection has it; the answer is awaited.
    Sent,
    /// The device has carried it out.
    Done,
    /// The device did not want to, or the house may not let it.
    Refused {
        /// Why the house refused; absent when the device did.
        why: Option<Hindrance>,
    },
    /// Nobody answered before the deadline.
    Expired,
    /// It cannot be handed over.
    Failed {
        /// Why.
        why: Hindrance,
    },
}

/// Why the house does not pass a command on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hindrance {
    /// `device_blocked`, `interlock`, `command_unknown`, `command_unfit` or `message_too_long`.
    pub code: String,
    /// In words.
    pub text: LangText,
}

/// An answer of a device.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Given {
    /// When it arrived.
    pub at: Timestamp,
    /// Whether the command was carried out.
    pub ok: bool,
    /// What came of it.
    pub result: Option<Value>,
    /// Why not.
    pub reason: Option<String>,
}

impl Given {
    /// Whether another answer says the same.
    pub fn says(&self, other: &Self) -> bool {
        (self.ok, &self.result, &self.reason) == (other.ok, &other.result, &other.reason)
    }
}

/// One line of the timeline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// The fact that told it.
    pub id: Uuid,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: ActorId,
    /// What.
    pub act: Act,
}

/// What happened to a command.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum Act {
    /// It was ordered.
    Queued,
    /// It was handed to the device's connection.
    Sent,
    /// The device answered; `late` when that changed nothing any more.
    Answered {
        /// What it said.
        answer: Given,
        /// Whether the command was settled before.
        late: bool,
    },
    /// The house may not let it.
    Refused {
        /// Why.
        why: Hindrance,
    },
    /// Its deadline passed.
    Expired,
    /// It cannot be handed over.
    Failed {
        /// Why.
        why: Hindrance,
    },
}

impl Phase {
    /// The word of the API.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sent => "sent",
            Self::Done => "done",
            Self::Refused { .. } => "refused",
            Self::Expired => "expired",
            Self::Failed { .. } => "failed",
        }
    }

    /// Why the house did not pass it on.
    pub fn why(&self) -> Option<&Hindrance> {
        match self {
            Self::Refused { why } => why.as_ref(),
            Self::Failed { why } => Some(why),
            _ => None,
        }
    }
}

impl Command {
    /// Whether its end is still to come.
    pub const fn is_open(&self) -> bool {
        matches!(self.phase, Phase::Queued | Phase::Sent)
    }
}
