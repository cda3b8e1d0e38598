//! The stored form of a command: JSON with a format version. Every older format stays readable for ever (SEMANTICS 16).

use crate::error::DeviceError;
use crate::model::command::Command;
use ports::query::{Index, IndexKind, IndexValue};
use ports::records::{Collection, Document};
use serde::{Deserialize, Serialize};

/// Commands by id.
pub const COMMANDS: Collection = Collection {
    name: "command",
    indexes: &[
        Index {
            name: "device",
            kind: IndexKind::Equal,
        },
        // the code of the phase
        Index {
            name: "state",
            kind: IndexKind::Equal,
        },
        // when it was ordered
        Index {
            name: "at",
            kind: IndexKind::Range,
        },
        // the deadline, while it is open
        Index {
            name: "due",
            kind: IndexKind::Range,
        },
    ],
};

/// The format that this build writes.
pub const FORMAT: u32 = 1;

/// A command and the version under which it is stored; 0 while it is not.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    /// The command.
    pub command: Command,
    /// Grows by one at each change; the ETag of the API.
    pub version: u64,
}

#[derive(Serialize)]
struct Written<'a> {
    format: u32,
    #[serde(flatten)]
    command: &'a Command,
}

#[derive(Deserialize)]
struct Head {
    format: u32,
}

/// The stored form.
pub fn write(command: &Command) -> Result<Vec<u8>, DeviceError> {
    let written = Written {
        format: FORMAT,
        command,
    };
    serde_json::to_vec(&written).map_err(|error| unreadable(&command.id.to_string(), error))
}

/// Reads every format up to [`FORMAT`]. The steps of an upgrade stand here, one arm per format.
pub fn read(document: &Document) -> Result<Stored, DeviceError> {
    let failed = |error: serde_json::Error| unreadable(&document.key, error);
    let head: Head = serde_json::from_slice(&document.body).map_err(failed)?;
    let command: Command = match head.format {
        1 => serde_json::from_slice(&document.body).map_err(failed)?,
        newer => {
            let why =
                format!("format {newer} is not one of 1 to {FORMAT}; start the release that wrote it, or a newer one");
            return Err(unreadable(&document.key, why));
        }
    };
    Ok(Stored {
        command,
        version: document.version,
    })
}

fn unreadable(key: &str, why: impl std::fmt::Display) -> DeviceError {
    DeviceError::Unreadable(key.to_owned(), why.to_string())
}

/// What a command says to each index.
pub fn indexes(command: &Command) -> Vec<(&'static str, IndexValue)> {
    let mut values = vec![
        ("device", IndexValue::Equal(command.device.to_string())),
        ("state", IndexValue::Equal(command.phase.code().to_owned())),
        ("at", IndexValue::Range(command.at.micros())),
    ];
    if command.is_open() {
        values.push(("due", IndexValue::Range(command.deadline.micros())));
    }
    values
}
