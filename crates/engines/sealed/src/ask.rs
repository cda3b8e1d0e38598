//! Questions over opened documents: what may be asked, and whether a document answers it.

use crate::row::Value;
use kernel::place::Bounds;
use kernel::text::words;
use ports::error::{PortError, Result};
use ports::query::{Condition, IndexKind, IndexValue, Order, Query};
use ports::records::Collection;
use std::mem::discriminant;

/// Most values of one [`Condition::AnyOf`].
pub(crate) const MAX_VALUES: usize = 1_000;
/// Most words of one [`Condition::Words`].
const MAX_WORDS: usize = 200;
/// Longest value of an equality index, in bytes.
const MAX_VALUE: usize = 1_024;

fn declared(collection: Collection, index: &str, kind: IndexKind) -> Result<()> {
    let fits = |found: &&ports::query::Index| found.name == index && found.kind == kind;
    if collection.indexes.iter().any(|one| fits(&one)) {
        return Ok(());
    }
    Err(PortError::Misuse(format!(
        "collection {} declares no {kind:?} index '{index}'",
        collection.name
    )))
}

fn sound(bounds: &Bounds) -> Result<()> {
    let Bounds {
        west,
        south,
        east,
        north,
    } = *bounds;
    let finite = [west, south, east, north].iter().all(|side| side.is_finite());
    if finite && west <= east && south <= north {
        return Ok(());
    }
    Err(PortError::Misuse(format!(
        "the box west {west}, south {south}, east {east}, north {north} is not one; \
         use finite degrees with west <= east and south <= north"
    )))
}

fn at_most(values: usize, most: usize, index: &str) -> Result<()> {
    if values <= most {
        return Ok(());
    }
    Err(PortError::Misuse(format!(
        "{values} values for index '{index}' in one question; ask for at most {most}"
    )))
}

/// Refuses what the collection does not declare.
pub(crate) fn check(collection: Collection, query: &Query) -> Result<()> {
    for condition in &query.conditions {
        match condition {
            Condition::AnyOf(index, values) => {
                declared(collection, index, IndexKind::Equal)?;
                at_most(values.len(), MAX_VALUES, index)?;
            }
            Condition::Between(index, _, _) => declared(collection, index, IndexKind::Range)?,
            Condition::Words(index, text) => {
                declared(collection, index, IndexKind::Text)?;
                at_most(words(text).len(), MAX_WORDS, index)?;
            }
            Condition::Touches(index, bounds) => {
                declared(collection, index, IndexKind::Place)?;
                sound(bounds)?;
            }
        }
    }
    if let Order::Ascending(index) | Order::Descending(index) = query.order {
        declared(collection, index, IndexKind::Range)?;
    }
    if (1..=1_000).contains(&query.limit) {
        return Ok(());
    }
    Err(PortError::Misuse(format!(
        "a page of {} documents; ask for 1 to 1,000",
        query.limit
    )))
}

/// Refuses index values that the collection does not declare or that are none; the rest is in its sealed form.
pub(crate) fn values(
    collection: Collection,
    key: &str,
    indexes: Vec<(&'static str, IndexValue)>,
) -> Result<Vec<(String, Value)>> {
    let mut checked: Vec<(String, Value)> = Vec::with_capacity(indexes.len());
    for (index, value) in indexes {
        let kind = match &value {
            IndexValue::Equal(_) => IndexKind::Equal,
            IndexValue::Range(_) => IndexKind::Range,
            IndexValue::Text(_) => IndexKind::Text,
            IndexValue::Place(_) => IndexKind::Place,
        };
        declared(collection, index, kind)?;
        match &value {
            IndexValue::Place(bounds) => sound(bounds)?,
            IndexValue::Equal(text) if text.len() > MAX_VALUE => {
                let (name, length) = (collection.name, text.len());
                return Err(PortError::Misuse(format!(
                    "a value of index '{index}' in {name} has {length} bytes; the limit is {MAX_VALUE}"
                )));
            }
            _ => {}
        }
        let value = Value::from(value);
        let twice = |(name, other): &(String, Value)| name == index && discriminant(other) == discriminant(&value);
        if matches!(value, Value::Range(_)) && checked.iter().any(twice) {
            let name = collection.name;
            return Err(PortError::Misuse(format!(
                "{name}/{key} gives two values to the range index '{index}'"
            )));
        }
        checked.push((index.to_owned(), value));
    }
    Ok(checked)
}

/// The value of a range index, if the document has one.
pub(crate) fn number(values: &[(String, Value)], index: &str) -> Option<i64> {
    values.iter().find_map(|(name, value)| match value {
        Value::Range(number) if name == index => Some(*number),
        _ => None,
    })
}

/// Whether all conditions hold.
pub(crate) fn holds(conditions: &[Condition], values: &[(String, Value)]) -> bool {
    conditions.iter().all(|condition| match condition {
        Condition::AnyOf(index, any) => values
            .iter()
            .any(|(name, value)| name == index && matches!(value, Value::Equal(text) if any.contains(text))),
        Condition::Between(index, from, to) => number(values, index)
            .is_some_and(|number| from.is_none_or(|from| from <= number) && to.is_none_or(|to| number < to)),
        Condition::Words(index, asked) => {
            let said: Vec<String> = values
                .iter()
                .filter_map(|(name, value)| match value {
                    Value::Text(text) if name == index => Some(words(text)),
                    _ => None,
                })
                .flatten()
                .collect();
            words(asked)
                .iter()
                .all(|word| said.iter().any(|one| one.starts_with(word)))
        }
        Condition::Touches(index, bounds) => values
            .iter()
            .any(|(name, value)| name == index && matches!(value, Value::Place(place) if place.touches(bounds))),
    })
}
