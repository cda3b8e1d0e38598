//! How measures are kept, and the holds on what they are about.

use crate::error::SecurityError;
use crate::model::measure::Measure;
use crate::record::{Stored, equal, index, scoped};
use ports::query::{IndexKind, IndexValue};
use ports::records::{Collection, Document};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Measures by id.
pub const MEASURES: Collection = Collection {
    name: "security_measure",
    indexes: &[
        index("kind", IndexKind::Equal),
        index("state", IndexKind::Equal),
        // target and reason, as people search
        index("words", IndexKind::Text),
        // the order of every list, newest first
        index("at", IndexKind::Range),
        // when one that holds is taken back by itself
        index("due", IndexKind::Range),
        index("area", IndexKind::Equal),
        index("classification", IndexKind::Range),
    ],
};

/// Which measure a target is under; by target, while there is one.
pub const HOLDS: Collection = Collection {
    name: "security_hold",
    indexes: &[],
};

/// A hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// The measure.
    pub measure: Uuid,
}

/// The stored form.
pub fn write(measure: &Measure) -> Result<Vec<u8>, SecurityError> {
    super::write("action", &measure.id.to_string(), measure)
}

/// Reads every format.
pub fn read(document: &Document) -> Result<Stored<Measure>, SecurityError> {
    super::read("action", document)
}

/// What a measure says to each index.
pub fn indexes(measure: &Measure) -> Vec<(&'static str, IndexValue)> {
    let account = measure.order.account().unwrap_or_default();
    let words = format!("{} {account} {}", measure.order.target(), measure.reason);
    let mut values = scoped(&measure.areas);
    values.extend([
        equal("kind", measure.order.kind()),
        equal("state", measure.phase.code()),
        ("words", IndexValue::Text(words)),
        ("at", IndexValue::Range(measure.at.micros())),
    ]);
    let due = measure.until.filter(|_| measure.phase.code() == "in_force");
    values.extend(due.map(|until| ("due", IndexValue::Range(until.micros()))));
    values
}
