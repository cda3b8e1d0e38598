//! The stored forms: JSON with a format version. Every older format stays readable for ever (SEMANTICS 16).

pub mod flaw;
pub mod measure;
pub mod object;
pub mod report;
pub mod usage;

use crate::error::SecurityError;
use kernel::area::AreaCode;
use kernel::classification::Classification;
use ports::document;
use ports::query::{Index, IndexKind, IndexValue};
use ports::records::Document;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// How far everything of this slice travels.
pub const CLASSIFICATION: Classification = Classification::Restricted;

/// The format that this build writes of everything in this slice.
pub const FORMAT: u32 = 1;

/// Something and the version under which it is stored; 0 while it is not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored<T> {
    /// The thing.
    pub thing: T,
    /// Grows by one at each change.
    pub version: u64,
}

pub(crate) const fn index(name: &'static str, kind: IndexKind) -> Index {
    Index { name, kind }
}

pub(crate) fn equal(name: &'static str, value: impl ToString) -> (&'static str, IndexValue) {
    (name, IndexValue::Equal(value.to_string()))
}

/// What scopes are asked by (`ports::scope::visible`).
pub(crate) fn scoped(areas: &[AreaCode]) -> Vec<(&'static str, IndexValue)> {
    let mut values = vec![("classification", IndexValue::Range(CLASSIFICATION as i64))];
    values.extend(areas.iter().map(|area| equal("area", area)));
    values
}

pub(crate) fn write<T: Serialize>(what: &'static str, key: &str, thing: &T) -> Result<Vec<u8>, SecurityError> {
    document::write(FORMAT, thing).map_err(|error| unreadable(what, key, error.to_string()))
}

pub(crate) fn read<T: DeserializeOwned>(what: &'static str, document: &Document) -> Result<Stored<T>, SecurityError> {
    let thing = document::read(document, FORMAT).map_err(|why| unreadable(what, &document.key, why))?;
    Ok(Stored {
        thing,
        version: document.version,
    })
}

fn unreadable(what: &'static str, key: &str, why: String) -> SecurityError {
    SecurityError::Unreadable {
        what,
        key: key.to_owned(),
        why,
    }
}
