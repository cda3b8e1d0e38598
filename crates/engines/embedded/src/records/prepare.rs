//! Checks a transaction and puts it into the form that the writer stores, outside the writer's thread.

use kernel::place::Bounds;
use kernel::text::words;
use ports::error::{PortError, Result};
use ports::query::{IndexKind, IndexValue};
use ports::records::{Change, Collection, Expect, Transaction};
use std::mem::discriminant;

/// Longest key and longest value of an [`IndexKind::Equal`] index, in bytes.
pub const MAX_KEY: usize = 1_024;
/// Largest body of one document, in bytes.
pub const MAX_BODY: usize = 16 << 20;
/// Largest transaction, in bytes of bodies, facts and index values.
pub const MAX_TRANSACTION: usize = 32 << 20;

/// A transaction that is ready to be stored.
#[derive(Debug)]
pub(super) struct Prepared {
    pub(super) changes: Vec<PreparedChange>,
    pub(super) facts: Vec<PreparedFact>,
    pub(super) cursor: Option<(String, u64)>,
    /// About how much memory it holds.
    pub(super) bytes: usize,
}

/// One change; `write` is absent for a removal.
#[derive(Debug)]
pub(super) struct PreparedChange {
    pub(super) collection: &'static str,
    pub(super) key: String,
    pub(super) expect: Expect,
    pub(super) write: Option<Write>,
}

/// What a put stores.
#[derive(Debug)]
pub(super) struct Write {
    pub(super) body: Vec<u8>,
    pub(super) values: Vec<(&'static str, Value)>,
}

/// An index value in its stored shape.
#[derive(Debug)]
pub(super) enum Value {
    Equal(String),
    Range(i64),
    Words(Vec<String>),
    Place(Bounds),
}

/// A fact as its row.
#[derive(Debug)]
pub(super) struct PreparedFact {
    pub(super) id: [u8; 16],
    pub(super) kind: String,
    pub(super) subject: String,
    pub(super) body: Vec<u8>,
}

/// The name under which an index is numbered.
pub(super) fn index_name(collection: &str, index: &str, kind: IndexKind) -> String {
    let kind = match kind {
        IndexKind::Equal => "equal",
        IndexKind::Range => "range",
        IndexKind::Text => "text",
        IndexKind::Place => "place",
    };
    format!("{collection}/{index}/{kind}")
}

/// Refuses an index that the collection does not declare with this kind.
pub(super) fn declared(collection: Collection, index: &str, kind: IndexKind) -> Result<()> {
    let found = collection
        .indexes
        .iter()
        .any(|declared| declared.name == index && declared.kind == kind);
    if found {
        return Ok(());
    }
    let known: Vec<String> = collection
        .indexes
        .iter()
        .map(|index| format!("{} ({:?})", index.name, index.kind))
        .collect();
    Err(PortError::Misuse(format!(
        "collection {} declares no {kind:?} index '{index}'; it has: {}",
        collection.name,
        known.join(", ")
    )))
}

/// Refuses a box that is not finite or upside down.
pub(super) fn sound(bounds: &Bounds) -> Result<()> {
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

/// Checks and converts; a refusal is [`PortError::Misuse`] and nothing is stored.
pub(super) fn prepare(transaction: Transaction) -> Result<Prepared> {
    let mut bytes = 512;
    let changes = transaction
        .changes
        .into_iter()
        .map(|change| prepare_change(change, &mut bytes));
    let changes = changes.collect::<Result<Vec<_>>>()?;
    let mut facts = Vec::with_capacity(transaction.facts.len());
    for fact in transaction.facts {
        let body = serde_json::to_vec(&fact)
            .map_err(|error| PortError::Misuse(format!("fact {} of type {}: {error}", fact.id, fact.kind)))?;
        bytes += body.len() + 128;
        facts.push(PreparedFact {
            id: *fact.id.0.as_bytes(),
            kind: fact.kind,
            subject: fact.subject,
            body,
        });
    }
    if bytes > MAX_TRANSACTION {
        return Err(PortError::Misuse(format!(
            "a transaction of {bytes} bytes is too large; split it into parts of at most {MAX_TRANSACTION} bytes"
        )));
    }
    Ok(Prepared {
        changes,
        facts,
        cursor: transaction.cursor,
        bytes,
    })
}

fn prepare_change(change: Change, bytes: &mut usize) -> Result<PreparedChange> {
    let (collection, key, expect, write) = match change {
        Change::Delete {
            collection,
            key,
            expect,
        } => (collection, key, expect, None),
        Change::Put {
            collection,
            key,
            expect,
            body,
            indexes,
        } => {
            if body.len() > MAX_BODY {
                return Err(PortError::Misuse(format!(
                    "{}/{key} has a body of {} bytes, the limit is {MAX_BODY}; put large contents into objects",
                    collection.name,
                    body.len()
                )));
            }
            *bytes += body.len();
            let mut values = Vec::with_capacity(indexes.len());
            for (index, value) in indexes {
                let value = prepare_value(collection, index, value)?;
                let twice =
                    |(name, other): &(&str, Value)| *name == index && discriminant(other) == discriminant(&value);
                if matches!(value, Value::Range(_)) && values.iter().any(twice) {
                    let text = format!(
                        "{}/{key} gives two values to the range index '{index}'",
                        collection.name
                    );
                    return Err(PortError::Misuse(text));
                }
                *bytes += 64 + value.bytes();
                values.push((index, value));
            }
            (collection, key, expect, Some(Write { body, values }))
        }
    };
    if key.is_empty() || key.len() > MAX_KEY {
        let text = format!(
            "a key in {} has {} bytes; use 1 to {MAX_KEY}",
            collection.name,
            key.len()
        );
        return Err(PortError::Misuse(text));
    }
    *bytes += key.len() + 128;
    Ok(PreparedChange {
        collection: collection.name,
        key,
        expect,
        write,
    })
}

fn prepare_value(collection: Collection, index: &'static str, value: IndexValue) -> Result<Value> {
    let (kind, value) = match value {
        IndexValue::Equal(text) => (IndexKind::Equal, Value::Equal(text)),
        IndexValue::Range(number) => (IndexKind::Range, Value::Range(number)),
        IndexValue::Text(text) => (IndexKind::Text, Value::Words(words(&text))),
        IndexValue::Place(bounds) => (IndexKind::Place, Value::Place(bounds)),
    };
    declared(collection, index, kind)?;
    match &value {
        Value::Place(bounds) => sound(bounds)?,
        Value::Equal(text) if text.len() > MAX_KEY => {
            return Err(PortError::Misuse(format!(
                "a value of index '{index}' in {} has {} bytes; the limit is {MAX_KEY}",
                collection.name,
                text.len()
            )));
        }
        _ => {}
    }
    Ok(value)
}

impl Value {
    fn bytes(&self) -> usize {
        match self {
            Self::Equal(text) => text.len(),
            Self::Words(words) => words.iter().map(|word| word.len() + 16).sum(),
            Self::Range(_) | Self::Place(_) => 32,
        }
    }
}
