//! What the index tables hold of one document, and how it is replaced: only what differs is touched.

use super::names::token;
use super::prepare::{Value, index_name};
use kernel::place::Bounds;
use ports::query::IndexKind;
use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};

/// One row of an index table; the first number is the name of the index.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Entry {
    #[serde(rename = "e")]
    Equal(i64, String),
    #[serde(rename = "r")]
    Range(i64, i64),
    /// West, south, east, north as the bits of their numbers, so that they compare exactly.
    #[serde(rename = "p")]
    Place(i64, [u64; 4]),
}

impl Entry {
    /// Under which name the index of a value is numbered.
    pub(super) fn name(collection: &str, index: &str, value: &Value) -> String {
        let kind = match value {
            Value::Equal(_) => IndexKind::Equal,
            Value::Range(_) => IndexKind::Range,
            Value::Words(_) => IndexKind::Text,
            Value::Place(_) => IndexKind::Place,
        };
        index_name(collection, index, kind)
    }

    fn insert(&self, connection: &Connection, document: i64, key: &str) -> rusqlite::Result<()> {
        match self {
            Self::Equal(name, value) => {
                connection
                    .prepare_cached("INSERT INTO equals (name, value, document) VALUES (?1, ?2, ?3)")?
                    .execute(params![name, value, document])?;
            }
            Self::Range(name, value) => {
                connection
                    .prepare_cached("INSERT INTO ranges (name, document, value, key) VALUES (?1, ?2, ?3, ?4)")?
                    .execute(params![name, document, value, key])?;
            }
            Self::Place(name, bits) => {
                let [west, south, east, north] = bits.map(f64::from_bits);
                connection
                    .prepare_cached(
                        "INSERT INTO places (name, document, west, south, east, north) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                    )?
                    .execute(params![name, document, west, south, east, north])?;
                let id = connection.last_insert_rowid();
                connection
                    .prepare_cached("INSERT INTO boxes VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6)")?
                    .execute(params![id, west, east, south, north, name])?;
            }
        }
        Ok(())
    }

    fn remove(&self, connection: &Connection, document: i64) -> rusqlite::Result<()> {
        match self {
            Self::Equal(name, value) => {
                connection
                    .prepare_cached("DELETE FROM equals WHERE name = ?1 AND value = ?2 AND document = ?3")?
                    .execute(params![name, value, document])?;
            }
            Self::Range(name, _) => {
                connection
                    .prepare_cached("DELETE FROM ranges WHERE name = ?1 AND document = ?2")?
                    .execute(params![name, document])?;
            }
            Self::Place(name, bits) => {
                let [west, south, east, north] = bits.map(f64::from_bits);
                let id: Option<i64> = connection
                    .prepare_cached(
                        "SELECT id FROM places WHERE name = ?1 AND document = ?2
                         AND west = ?3 AND south = ?4 AND east = ?5 AND north = ?6 LIMIT 1",
                    )?
                    .query_row(params![name, document, west, south, east, north], |row| row.get(0))
                    .optional()?;
                connection
                    .prepare_cached("DELETE FROM boxes WHERE id = ?1")?
                    .execute([id])?;
                connection
                    .prepare_cached("DELETE FROM places WHERE id = ?1")?
                    .execute([id])?;
            }
        }
        Ok(())
    }
}

/// All index rows of one document.
#[derive(Debug, Default)]
pub(super) struct Indexed {
    entries: Vec<Entry>,
    /// Every token of the text indexes with a space before it, sorted; empty when there is none.
    pub(super) words: String,
    tokens: Vec<String>,
}

impl Indexed {
    /// Reads the stored form.
    pub(super) fn read(entries: &str, words: String) -> rusqlite::Result<Self> {
        let entries = serde_json::from_str(entries)
            .map_err(|e| rusqlite::Error::FromSqlConversionFailure(2, rusqlite::types::Type::Text, Box::new(e)))?;
        Ok(Self {
            entries,
            words,
            tokens: Vec::new(),
        })
    }

    /// The stored form of the entries.
    pub(super) fn text(&self) -> rusqlite::Result<String> {
        serde_json::to_string(&self.entries).map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
    }

    /// Adds a value under the number of its index.
    pub(super) fn add(&mut self, name: i64, value: &Value) {
        let entry = match value {
            Value::Equal(text) => Entry::Equal(name, text.clone()),
            Value::Range(number) => Entry::Range(name, *number),
            Value::Place(Bounds {
                west,
                south,
                east,
                north,
            }) => Entry::Place(name, [west, south, east, north].map(|side| side.to_bits())),
            Value::Words(words) => {
                self.tokens.extend(words.iter().map(|word| token(name, word)));
                return;
            }
        };
        if !self.entries.contains(&entry) {
            self.entries.push(entry);
        }
    }

    /// After the last [`Indexed::add`].
    pub(super) fn finish(&mut self) {
        self.tokens.sort_unstable();
        self.tokens.dedup();
        for token in self.tokens.drain(..) {
            self.words.push(' ');
            self.words.push_str(&token);
        }
    }

    /// Makes the index tables hold `new` instead of these.
    pub(super) fn replace_by(
        &self,
        new: &Self,
        connection: &Connection,
        document: i64,
        key: &str,
    ) -> rusqlite::Result<()> {
        for entry in self.entries.iter().filter(|entry| !new.entries.contains(entry)) {
            entry.remove(connection, document)?;
        }
        for entry in new.entries.iter().filter(|entry| !self.entries.contains(entry)) {
            entry.insert(connection, document, key)?;
        }
        if self.words != new.words {
            if !self.words.is_empty() {
                connection
                    .prepare_cached("DELETE FROM words WHERE rowid = ?1")?
                    .execute([document])?;
            }
            if !new.words.is_empty() {
                connection
                    .prepare_cached("INSERT INTO words (rowid, tokens) VALUES (?1, ?2)")?
                    .execute(params![document, new.words])?;
            }
        }
        Ok(())
    }
}
