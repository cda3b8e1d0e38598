//! The stored form: JSON with a format version. Every older format stays readable for ever (SEMANTICS 16).

use crate::error::__Name__Error;
use crate::model::__Name__;
use ports::document;
use ports::query::{Index, IndexKind, IndexValue};
use ports::records::{Collection, Document};

/// All of them by id.
pub const __NAMES__: Collection = Collection {
    name: "__name__",
    indexes: &[
        index("state", IndexKind::Equal),
        index("area", IndexKind::Equal),
        index("classification", IndexKind::Range),
        index("opened_at", IndexKind::Range),
    ],
};

/// The format that this build writes.
pub const FORMAT: u32 = 1;

const fn index(name: &'static str, kind: IndexKind) -> Index {
    Index { name, kind }
}

/// One, and the version under which it is stored; 0 while it is not.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    /// The thing itself.
    pub it: __Name__,
    /// Grows by one at each change.
    pub version: u64,
}

/// The stored form.
pub fn write(it: &__Name__) -> Result<Vec<u8>, __Name__Error> {
    document::write(FORMAT, it).map_err(|error| unreadable(&it.id.to_string(), error))
}

/// Reads every format up to [`FORMAT`].
pub fn read(document: &Document) -> Result<Stored, __Name__Error> {
    let it = document::read(document, FORMAT).map_err(|why| unreadable(&document.key, why))?;
    Ok(Stored {
        it,
        version: document.version,
    })
}

/// What it says to each index.
pub fn indexes(it: &__Name__) -> Vec<(&'static str, IndexValue)> {
    let state = if it.closed.is_some() { "closed" } else { "open" };
    let mut values = vec![
        ("state", IndexValue::Equal(state.to_owned())),
        ("classification", IndexValue::Range(it.classification as i64)),
        ("opened_at", IndexValue::Range(it.opened.at.micros())),
    ];
    let areas = it.areas.iter().map(ToString::to_string);
    values.extend(areas.map(|area| ("area", IndexValue::Equal(area))));
    values
}

fn unreadable(key: &str, why: impl std::fmt::Display) -> __Name__Error {
    __Name__Error::Unreadable {
        key: key.to_owned(),
        why: why.to_string(),
    }
}
