//! Commands go down to devices and their answers come up: two ports, so that no slice names a protocol and no driver a slice.

use async_trait::async_trait;
use kernel::id::{CommandId, DeviceId};
use kernel::submission::Sender;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::time::Duration;

/// Longest answer of a device, in bytes.
pub const MAX_ANSWER: usize = 16 * 1024;

/// A command on its way to a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// Its id; the answer bears it.
    pub id: CommandId,
    /// JSON: `{"id", "name", "params", "deadline"}`.
    pub payload: Vec<u8>,
    /// It need not be delivered later than this. The device looks at the deadline all the same.
    pub expires_in: Duration,
}

/// Why an order was not handed to the connection of a device.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotHanded {
    /// The device is not connected, or does not listen for commands.
    #[error("the device is not connected, or does not listen for commands")]
    Away,
    /// It takes its messages too slowly.
    #[error("the device takes its messages too slowly")]
    Busy,
    /// The order is longer than a message may be.
    #[error("the command has {size} bytes; a message to a device has at most {max}")]
    TooLong {
        /// What it has, in bytes.
        size: usize,
        /// What is allowed, in bytes.
        max: usize,
    },
}

/// The way down; implemented by a driver.
pub trait Downlink: Send + Sync {
    /// Hands an order to the live connection of a device. Never blocks, keeps nothing for a device that is away, and says
    /// nothing of whether the device took it: that is for its answer to say.
    fn hand_over(&self, device: &DeviceId, order: Order) -> Result<(), NotHanded>;
}

/// What a device says to a command. Further members are left aside.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// The command.
    pub id: CommandId,
    /// Whether it was carried out.
    pub ok: bool,
    /// What came of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<Value>,
    /// Why not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Answer {
    /// Reads the payload of an answer; the error tells the device what to write.
    pub fn read(payload: &[u8]) -> Result<Self, String> {
        if payload.len() > MAX_ANSWER {
            let size = payload.len();
            return Err(format!(
                "the answer has {size} bytes; at most {MAX_ANSWER} are allowed, readings belong on up"
            ));
        }
        serde_json::from_slice(payload).map_err(|error| {
            format!("the answer cannot be read ({error}); write JSON such as {{\"id\": \"...\", \"ok\": true}}")
        })
    }
}

/// Storage does not answer: nobody knows whether the answer was kept, so the device sends it again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("storage does not answer; it is unknown whether the answer was kept, send it again")]
pub struct NotKept;

/// The way up; the server joins it with the slice that gives commands.
#[async_trait]
pub trait Answers: Send + Sync {
    /// Resolves when the answer is durable. `device` is the one that the answer speaks of; the driver has checked that
    /// `sender` may speak for it. An answer to nothing that was asked of this device is counted and passed over.
    async fn answered(&self, sender: &Sender, device: &DeviceId, answer: Answer) -> Result<(), NotKept>;

    /// Hears that a device listens for commands from now on. Never blocks.
    fn listening(&self, device: &DeviceId);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read_or_refused_with_a_remedy() {
        let id = "01936f5e-0000-7000-8000-000000000000";
        for (payload, says) in [
            (format!(r#"{{"id":"{id}","ok":true}}"#), None),
            (
                format!(r#"{{"id":"{id}","ok":false,"reason":"dry","result":null,"more":1}}"#),
                None,
            ),
            (format!(r#"{{"id":"{id}"}}"#), Some("missing field `ok`")),
            (r#"{"id":"7","ok":true}"#.to_owned(), Some("write JSON such as")),
            ("on".to_owned(), Some("write JSON such as")),
            (format!("\"{}\"", "x".repeat(MAX_ANSWER)), Some("at most 16384")),
        ] {
            let read = Answer::read(payload.as_bytes());
            match says {
                None => assert!(read.is_ok(), "{payload}: {read:?}"),
                Some(says) => assert!(read.unwrap_err().contains(says), "{payload}"),
            }
        }
    }
}
