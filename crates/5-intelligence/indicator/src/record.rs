//! What this slice stores: where it stands in the log, and the newest level of each station. JSON with a format version.

use crate::decide::level::Standing;
use crate::error::IndicatorError;
use kernel::position::Position;
use kernel::time::Timestamp;
use ports::document;
use ports::records::{Collection, Document};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// How far an indicator has come, by its name.
pub const PROGRESS: Collection = Collection {
    name: "indicator_progress",
    indexes: &[],
};

/// The newest level of each station, by indicator and NGSI-LD id.
pub const LEVEL: Collection = Collection {
    name: "indicator_level",
    indexes: &[],
};

/// The format that this build writes.
pub const FORMAT: u32 = 1;

/// How far an indicator has come.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// Everything up to here has been computed, as far as its hours were over ...
    pub position: Position,
    /// ... at this instant.
    pub at: Timestamp,
}

/// The stored form.
pub fn write<T: Serialize>(key: &str, body: &T) -> Result<Vec<u8>, IndicatorError> {
    document::write(FORMAT, body).map_err(|error| unreadable(key, error))
}

/// Reads every format up to [`FORMAT`].
pub fn read<T: DeserializeOwned>(document: &Document) -> Result<T, IndicatorError> {
    document::read(document, FORMAT).map_err(|why| unreadable(&document.key, why))
}

fn unreadable(key: &str, why: impl std::fmt::Display) -> IndicatorError {
    IndicatorError::Unreadable {
        key: key.to_owned(),
        why: why.to_string(),
    }
}

/// The key of a station's level.
pub fn level_key(standing: &Standing) -> String {
    key_of(&standing.indicator, &standing.entity)
}

/// The key of a station's level.
pub fn key_of(indicator: &str, entity: &str) -> String {
    format!("{indicator}/{entity}")
}
