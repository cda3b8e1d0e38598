//! How the use of a client on a day is kept.

use crate::error::SecurityError;
use crate::model::usage::{Client, Day, date};
use crate::record::{Stored, equal, index, scoped};
use ports::query::{IndexKind, IndexValue};
use ports::records::{Collection, Document};

/// Use by day and client.
pub const USAGE: Collection = Collection {
    name: "security_usage",
    indexes: &[
        index("day", IndexKind::Range),
        index("kind", IndexKind::Equal),
        // id and account, as people search
        index("words", IndexKind::Text),
        // the order of every list, those that ask most first
        index("requests", IndexKind::Range),
        index("area", IndexKind::Equal),
        index("classification", IndexKind::Range),
    ],
};

/// The key of a day's use.
pub fn key(day: i64, client: &Client) -> String {
    format!("{}/{}/{}", date(day), client.kind.code(), client.id)
}

/// The stored form.
pub fn write(day: &Day) -> Result<Vec<u8>, SecurityError> {
    super::write("usage", &key(day.day, &day.client), day)
}

/// Reads every format.
pub fn read(document: &Document) -> Result<Stored<Day>, SecurityError> {
    super::read("usage", document)
}

/// What a day says to each index.
pub fn indexes(day: &Day) -> Vec<(&'static str, IndexValue)> {
    let requests = day.figures.requests.saturating_add(day.figures.refused);
    let words = format!(
        "{} {}",
        day.client.id,
        day.client.account.as_deref().unwrap_or_default()
    );
    let mut values = scoped(&[]);
    values.extend([
        ("day", IndexValue::Range(day.day)),
        equal("kind", day.client.kind.code()),
        ("words", IndexValue::Text(words)),
        (
            "requests",
            IndexValue::Range(i64::try_from(requests).unwrap_or(i64::MAX)),
        ),
    ]);
    values
}
