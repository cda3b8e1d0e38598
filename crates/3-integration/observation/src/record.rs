//! How series and quarantined items are stored and found.

use crate::derived::Derivation;
use kernel::actor::ActorId;
use kernel::id::QuarantineId;
use kernel::reject::{MAX_RAW, Reason};
use kernel::series::SeriesInfo;
use kernel::submission::Receipt;
use kernel::time::Timestamp;
use ports::query::{Index, IndexKind};
use ports::records::Collection;
use serde::{Deserialize, Serialize};

/// Series by their number, ten digits.
pub const SERIES: Collection = Collection {
    name: "series",
    indexes: &[Index {
        name: "device",
        kind: IndexKind::Equal,
    }],
};

/// Quarantined items by id (UUIDv7, so also by time).
pub const QUARANTINE: Collection = Collection {
    name: "quarantine",
    indexes: &[
        Index {
            name: "device",
            kind: IndexKind::Equal,
        },
        Index {
            name: "reason",
            kind: IndexKind::Equal,
        },
        Index {
            name: "at",
            kind: IndexKind::Range,
        },
    ],
};

/// Format version of both.
pub const FORMAT: u32 = 1;

/// A series as it is stored.
#[derive(Serialize, Deserialize)]
pub struct SeriesRecord {
    /// [`FORMAT`].
    pub format: u32,
    /// The series.
    pub series: SeriesInfo,
    /// What it is computed from; absent when a device reports it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub derived: Option<Derivation>,
}

/// Something that was kept aside.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct QuarantineRecord {
    /// [`FORMAT`].
    pub format: u32,
    /// UUIDv7.
    pub id: QuarantineId,
    /// Arrival.
    pub at: Timestamp,
    /// Who sent it.
    pub sender: String,
    /// The device it speaks of.
    pub device: String,
    /// Number of the item in its payload.
    pub item: u32,
    /// Why.
    pub reason: Reason,
    /// What was found, what is allowed.
    pub detail: String,
    /// The item as it came, cut; bytes that are not UTF-8 are shown as U+FFFD.
    pub raw: String,
    /// The item that somebody sent again when this was found wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replay_of: Option<QuarantineId>,
    /// The replay of which something was taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replayed: Option<Replayed>,
}

impl QuarantineRecord {
    /// Whether `raw` is all of what came: not cut, and no byte shown as another. What is just as long as the cut counts as cut.
    pub fn is_whole(&self) -> bool {
        self.raw.len() < MAX_RAW && !self.raw.contains(char::REPLACEMENT_CHARACTER)
    }
}

/// Who sent an item again, and what came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Replayed {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: ActorId,
    /// Whether the content was mended before.
    pub mended: bool,
    /// What the intake said.
    pub receipt: Receipt,
    /// The new items of what was wrong again, in the order of the receipt's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kept: Vec<QuarantineId>,
}
