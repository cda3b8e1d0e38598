//! A transaction as the engine below gets it, and its refusals in the words of who asked.

use crate::ask::values;
use crate::journal::seal_fact;
use crate::row::{ROWS, Row, row_key, seal_row};
use crate::secret::Keys;
use ports::error::{PortError, Result};
use ports::records::{Change, Collection, Transaction};

/// Longest key with the name of its collection, in bytes.
const MAX_KEY: usize = 1_000;
/// Largest body of one document with its index values, in bytes.
const MAX_BODY: usize = 15 << 20;

/// Seals all documents and facts; the cursor stays as it is.
pub(crate) fn seal_transaction(keys: &Keys, transaction: Transaction) -> Result<Transaction> {
    let Transaction { changes, facts, cursor } = transaction;
    let changes = changes.into_iter().map(|change| seal_change(keys, change));
    let facts = facts.iter().map(|fact| seal_fact(keys, fact));
    Ok(Transaction {
        changes: changes.collect::<Result<_>>()?,
        facts: facts.collect::<Result<_>>()?,
        cursor,
    })
}

fn key_below(collection: Collection, key: &str) -> Result<String> {
    let below = row_key(collection.name, key);
    if !key.is_empty() && below.len() <= MAX_KEY && !collection.name.contains('/') {
        return Ok(below);
    }
    Err(PortError::Misuse(format!(
        "a key in {} has {} bytes; use 1 to {MAX_KEY} with the name of the collection, which has no '/'",
        collection.name,
        key.len()
    )))
}

fn seal_change(keys: &Keys, change: Change) -> Result<Change> {
    match change {
        Change::Delete {
            collection,
            key,
            expect,
        } => Ok(Change::Delete {
            collection: ROWS,
            key: key_below(collection, &key)?,
            expect,
        }),
        Change::Put {
            collection,
            key,
            expect,
            body,
            indexes,
        } => {
            let below = key_below(collection, &key)?;
            let row = Row {
                values: values(collection, &key, indexes)?,
                body,
            };
            let (body, indexes) = seal_row(keys, collection.name, &key, &row)?;
            if body.len() > MAX_BODY {
                return Err(PortError::Misuse(format!(
                    "{}/{key} has {} bytes with its index values, the limit is {MAX_BODY}; put large contents into objects",
                    collection.name,
                    body.len()
                )));
            }
            Ok(Change::Put {
                collection: ROWS,
                key: below,
                expect,
                body,
                indexes,
            })
        }
    }
}

/// A conflict names the document that was asked for, not the row below.
pub(crate) fn unmapped(error: PortError) -> PortError {
    match error {
        PortError::Conflict {
            collection,
            key,
            expected,
            found,
        } if collection == ROWS.name => {
            let (collection, key) = key.split_once('/').unwrap_or((&collection, &key));
            let (collection, key) = (collection.to_owned(), key.to_owned());
            PortError::Conflict {
                collection,
                key,
                expected,
                found,
            }
        }
        other => other,
    }
}
