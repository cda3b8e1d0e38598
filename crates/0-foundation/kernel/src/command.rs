//! An instruction to a device. Commands descend through the journal, as signals rise.

use crate::actor::ActorId;
use crate::id::{CommandId, DeviceId};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// "Do this before then."
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Command {
    /// UUIDv7 of a person's act, or derived from what caused it.
    pub id: CommandId,
    /// The device that shall obey.
    pub device: DeviceId,
    /// Name of the command in the device's profile, such as `switch`.
    pub name: String,
    /// Its arguments.
    pub arguments: serde_json::Value,
    /// Who ordered it.
    pub by: ActorId,
    /// After this instant it must not be carried out.
    pub deadline: Timestamp,
}
