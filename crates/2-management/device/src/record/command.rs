//! The stored form of a command: JSON with a format version. Every older format stays readable for ever (SEMANTICS 16).

use crate::error::DeviceError;
use crate::model::command::Command;
use ports::document;
use ports::query::{Index, IndexKind, IndexValue};
use ports::records::{Collection, Document};

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

/// The stored form.
pub fn write(command: &Command) -> Result<Vec<u8>, DeviceError> {
    document::write(FORMAT, command).map_err(|error| unreadable(&command.id.to_string(), error))
}

/// Reads every format up to [`FORMAT`].
pub fn read(document: &Document) -> Result<Stored, DeviceError> {
    let command = document::read(document, FORMAT).map_err(|why| unreadable(&document.key, why))?;
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
