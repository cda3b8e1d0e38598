//! A place in a log: comparable, and never reused, because a restored log begins a new epoch.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Epoch first, then the sequence number of a frame inside it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Position {
    /// Grows by one at each restore from a backup.
    pub epoch: u32,
    /// Number of the frame; the first is 1, and 0 stands for "before everything".
    pub sequence: u64,
}

impl Position {
    /// Before the first frame of the first epoch.
    pub const START: Self = Self { epoch: 0, sequence: 0 };

    /// The position of the frame that follows inside the same epoch.
    pub const fn next(self) -> Self {
        Self {
            epoch: self.epoch,
            sequence: self.sequence + 1,
        }
    }

    /// Twelve bytes, big endian, that compare as positions do.
    pub fn to_bytes(self) -> [u8; 12] {
        let mut bytes = [0; 12];
        bytes[..4].copy_from_slice(&self.epoch.to_be_bytes());
        bytes[4..].copy_from_slice(&self.sequence.to_be_bytes());
        bytes
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.epoch, self.sequence)
    }
}

/// Why a text is not a position.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("'{0}' is not a log position; write epoch-sequence such as 0-42")]
pub struct NotAPosition(pub String);

impl std::str::FromStr for Position {
    type Err = NotAPosition;

    fn from_str(text: &str) -> Result<Self, NotAPosition> {
        let wrong = || NotAPosition(text.to_owned());
        let (epoch, sequence) = text.split_once('-').ok_or_else(wrong)?;
        Ok(Self {
            epoch: epoch.parse().map_err(|_| wrong())?,
            sequence: sequence.parse().map_err(|_| wrong())?,
        })
    }
}
