//! The journal in the same SQLite file as the documents: numbers follow the order of commits, because one thread commits.

use crate::records::EmbeddedRecords;
use async_trait::async_trait;
use kernel::fact::Fact;
use ports::error::{PortError, Result};
use ports::journal::{Entry, Journal};
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::BTreeSet;
use tokio::sync::watch;

/// Most entries of one [`Journal::read`].
pub const MAX_ENTRIES: usize = 10_000;

#[async_trait]
impl Journal for EmbeddedRecords {
    async fn read(&self, after: u64, kinds: &[&str], limit: usize) -> Result<Vec<Entry>> {
        if limit > MAX_ENTRIES {
            return Err(PortError::Misuse(format!(
                "{limit} journal entries at once; ask for at most {MAX_ENTRIES}"
            )));
        }
        let kinds: Vec<String> = kinds.iter().map(|kind| (*kind).to_owned()).collect();
        let rows = Self::read(self, move |connection| {
            rows(connection, after, &kinds, limit).map_err(|error| crate::records::read_error(&error))
        });
        let decode = |(number, body): (u64, Vec<u8>)| {
            let fact: Fact = serde_json::from_slice(&body)
                .map_err(|error| PortError::Corrupt(format!("journal entry {number}: {error}")))?;
            Ok(Entry { number, fact })
        };
        rows.await?.into_iter().map(decode).collect()
    }

    fn head(&self) -> watch::Receiver<u64> {
        self.journal_head()
    }

    async fn oldest(&self) -> Result<u64> {
        let after_all = self.journal_head().borrow().saturating_add(1);
        Self::read(self, move |connection| {
            let oldest: rusqlite::Result<Option<u64>> = connection
                .prepare_cached("SELECT min(number) FROM journal")
                .and_then(|mut statement| statement.query_row([], |row| row.get(0)));
            oldest
                .map(|oldest| oldest.unwrap_or(after_all))
                .map_err(|error| crate::records::read_error(&error))
        })
        .await
    }

    async fn cursor(&self, consumer: &str) -> Result<u64> {
        let consumer = consumer.to_owned();
        Self::read(self, move |connection| {
            let number: rusqlite::Result<Option<u64>> = connection
                .prepare_cached("SELECT number FROM cursors WHERE consumer = ?1")
                .and_then(|mut statement| statement.query_row([consumer], |row| row.get(0)).optional());
            number
                .map(Option::unwrap_or_default)
                .map_err(|error| crate::records::read_error(&error))
        })
        .await
    }

    async fn forget(&self, number: u64) -> Result<u64> {
        self.forget_entries(number).await
    }
}

/// Numbers and bodies, in one snapshot, so that a fact of a kind that appears meanwhile is not passed over.
fn rows(connection: &Connection, after: u64, kinds: &[String], limit: usize) -> rusqlite::Result<Vec<(u64, Vec<u8>)>> {
    let snapshot = connection.unchecked_transaction()?;
    let after = i64::try_from(after).unwrap_or(i64::MAX);
    let rows = if kinds.is_empty() {
        connection
            .prepare_cached("SELECT number, body FROM journal WHERE number > ?1 ORDER BY number LIMIT ?2")?
            .query_map(params![after, limit], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<rusqlite::Result<_>>()?
    } else {
        let mut numbers: Vec<u64> = Vec::new();
        for kind in stored_kinds(connection, kinds)? {
            let mut statement = connection.prepare_cached(
                "SELECT number FROM journal INDEXED BY journal_kind WHERE kind = ?1 AND number > ?2
                 ORDER BY number LIMIT ?3",
            )?;
            for number in statement.query_map(params![kind, after, limit], |row| row.get(0))? {
                numbers.push(number?);
            }
        }
        numbers.sort_unstable();
        numbers.truncate(limit);
        let mut body = connection.prepare_cached("SELECT body FROM journal WHERE number = ?1")?;
        let read = |number| Ok((number, body.query_row([number], |row| row.get(0))?));
        numbers.into_iter().map(read).collect::<rusqlite::Result<_>>()?
    };
    snapshot.commit()?;
    Ok(rows)
}

/// The kinds in the journal that begin with one of `prefixes`; one index seek each.
fn stored_kinds(connection: &Connection, prefixes: &[String]) -> rusqlite::Result<BTreeSet<String>> {
    let mut kinds = BTreeSet::new();
    let mut first = connection.prepare_cached("SELECT min(kind) FROM journal WHERE kind >= ?1")?;
    let mut next = connection.prepare_cached("SELECT min(kind) FROM journal WHERE kind > ?1")?;
    for prefix in prefixes {
        let mut kind: Option<String> = first.query_row([prefix], |row| row.get(0))?;
        while let Some(found) = kind.filter(|kind| kind.starts_with(prefix.as_str())) {
            kind = next.query_row([&found], |row| row.get(0))?;
            kinds.insert(found);
        }
    }
    Ok(kinds)
}
