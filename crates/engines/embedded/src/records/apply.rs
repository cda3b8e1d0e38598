//! Stores one prepared transaction inside an open SQLite transaction: first every expectation, then every write.

use super::entry::{Entry, Indexed};
use super::names::Names;
use super::prepare::{Prepared, PreparedChange, PreparedFact, Write};
use ports::error::PortError;
use ports::records::{Committed, Expect};
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::HashMap;

/// Why a transaction was not stored.
#[derive(Debug)]
pub(super) enum Refusal {
    /// An expectation failed; nothing was written.
    Conflict(PortError),
    /// SQLite failed; the surrounding SQLite transaction must be rolled back.
    Sql(rusqlite::Error),
}

impl From<rusqlite::Error> for Refusal {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sql(error)
    }
}

/// A stored document without its body.
#[derive(Clone, Debug)]
struct Row {
    id: i64,
    version: u64,
    entries: String,
    words: String,
}

/// Checks and stores. On [`Refusal::Conflict`] nothing has been written.
pub(super) fn apply(connection: &Connection, names: &mut Names, transaction: &Prepared) -> Result<Committed, Refusal> {
    let rows = check(connection, names, &transaction.changes)?;
    let mut committed = Committed::default();
    for (change, row) in transaction.changes.iter().zip(rows) {
        let row = match row {
            Found::Known(row) => row,
            Found::TouchedBefore => find(connection, names, change)?,
        };
        committed.versions.push(store(connection, names, change, row)?);
    }
    for fact in &transaction.facts {
        committed.journal = append(connection, fact)?.or(committed.journal);
    }
    if let Some((consumer, number)) = &transaction.cursor {
        let number = i64::try_from(*number).unwrap_or(i64::MAX);
        connection
            .prepare_cached(
                "INSERT INTO cursors (consumer, number) VALUES (?1, ?2)
                 ON CONFLICT (consumer) DO UPDATE SET number = excluded.number",
            )?
            .execute(params![consumer, number])?;
    }
    Ok(committed)
}

/// What is known of a document before its change.
enum Found {
    Known(Option<Row>),
    /// An earlier change of the same transaction touches it.
    TouchedBefore,
}

fn check(connection: &Connection, names: &mut Names, changes: &[PreparedChange]) -> Result<Vec<Found>, Refusal> {
    let mut versions: HashMap<(&str, &str), u64> = HashMap::new();
    let mut rows = Vec::with_capacity(changes.len());
    for change in changes {
        let place = (change.collection, change.key.as_str());
        let (found, version) = match versions.get(&place) {
            Some(version) => (Found::TouchedBefore, *version),
            None => {
                let row = find(connection, names, change)?;
                let version = row.as_ref().map_or(0, |row| row.version);
                (Found::Known(row), version)
            }
        };
        let expected = match change.expect {
            Expect::Any => version,
            Expect::Absent => 0,
            Expect::Version(expected) => expected,
        };
        if expected != version {
            return Err(Refusal::Conflict(PortError::Conflict {
                collection: change.collection.to_owned(),
                key: change.key.clone(),
                expected,
                found: version,
            }));
        }
        if changes.len() > 1 {
            versions.insert(place, if change.write.is_some() { version + 1 } else { 0 });
        }
        rows.push(found);
    }
    Ok(rows)
}

fn find(connection: &Connection, names: &mut Names, change: &PreparedChange) -> rusqlite::Result<Option<Row>> {
    let Some(collection) = names.find(connection, change.collection)? else {
        return Ok(None);
    };
    connection
        .prepare_cached("SELECT id, version, entries, words FROM documents WHERE collection = ?1 AND key = ?2")?
        .query_row(params![collection, change.key], |row| {
            Ok(Row {
                id: row.get(0)?,
                version: row.get(1)?,
                entries: row.get(2)?,
                words: row.get(3)?,
            })
        })
        .optional()
}

fn store(
    connection: &Connection,
    names: &mut Names,
    change: &PreparedChange,
    row: Option<Row>,
) -> rusqlite::Result<u64> {
    match (&change.write, row) {
        (None, None) => Ok(0),
        (None, Some(row)) => {
            let old = Indexed::read(&row.entries, row.words)?;
            old.replace_by(&Indexed::default(), connection, row.id, &change.key)?;
            connection
                .prepare_cached("DELETE FROM documents WHERE id = ?1")?
                .execute([row.id])?;
            Ok(0)
        }
        (Some(write), None) => {
            let collection = names.give(connection, change.collection)?;
            let new = indexed(connection, names, change, write)?;
            connection
                .prepare_cached(
                    "INSERT INTO documents (collection, key, version, entries, words, body)
                     VALUES (?1, ?2, 1, ?3, ?4, ?5)",
                )?
                .execute(params![collection, change.key, new.text()?, new.words, write.body])?;
            let id = connection.last_insert_rowid();
            Indexed::default().replace_by(&new, connection, id, &change.key)?;
            Ok(1)
        }
        (Some(write), Some(row)) => {
            let new = indexed(connection, names, change, write)?;
            let version = row.version + 1;
            connection
                .prepare_cached("UPDATE documents SET version = ?2, entries = ?3, words = ?4, body = ?5 WHERE id = ?1")?
                .execute(params![row.id, version, new.text()?, new.words, write.body])?;
            Indexed::read(&row.entries, row.words)?.replace_by(&new, connection, row.id, &change.key)?;
            Ok(version)
        }
    }
}

fn indexed(
    connection: &Connection,
    names: &mut Names,
    change: &PreparedChange,
    write: &Write,
) -> rusqlite::Result<Indexed> {
    let mut indexed = Indexed::default();
    for (index, value) in &write.values {
        let name = names.give(connection, &Entry::name(change.collection, index, value))?;
        indexed.add(name, value);
    }
    indexed.finish();
    Ok(indexed)
}

/// The number of the fact if it was new. Numbers have no gaps: none is drawn for a fact that is known.
fn append(connection: &Connection, fact: &PreparedFact) -> rusqlite::Result<Option<u64>> {
    let new = connection
        .prepare_cached(
            "INSERT INTO journal (id, kind, subject, body)
             SELECT ?1, ?2, ?3, ?4 WHERE NOT EXISTS (SELECT 1 FROM journal WHERE id = ?1)",
        )?
        .execute(params![fact.id, fact.kind, fact.subject, fact.body])?;
    Ok((new == 1).then(|| u64::try_from(connection.last_insert_rowid()).unwrap_or(0)))
}

/// How many entries one call of [`forget`] takes away at most.
pub(super) const FORGET: usize = 2_000;

/// Forgets the oldest entries up to `number` that every cursor has passed.
pub(super) fn forget(connection: &Connection, number: u64) -> rusqlite::Result<u64> {
    let needed: Option<i64> = connection
        .prepare_cached("SELECT min(number) FROM cursors")?
        .query_row([], |row| row.get(0))?;
    let upto = i64::try_from(number)
        .unwrap_or(i64::MAX)
        .min(needed.unwrap_or(i64::MAX));
    let gone = connection
        .prepare_cached(
            "DELETE FROM journal WHERE number IN
             (SELECT number FROM journal WHERE number <= ?1 ORDER BY number LIMIT ?2)",
        )?
        .execute(params![upto, FORGET])?;
    Ok(gone as u64)
}
