//! Numbers for the names of collections and indexes, so that rows stay small.

use rusqlite::{Connection, OptionalExtension};
use std::collections::HashMap;

/// Largest number of a name: three digits of base 36 in front of every word of the text index.
const MAX_NAME: i64 = 36 * 36 * 36 - 1;

/// Known numbers. Names are never removed, so a committed number stays true.
#[derive(Debug, Default)]
pub(super) struct Names {
    known: HashMap<String, i64>,
}

impl Names {
    /// The number of a name that is stored.
    pub(super) fn find(&mut self, connection: &Connection, name: &str) -> rusqlite::Result<Option<i64>> {
        if let Some(id) = self.known.get(name) {
            return Ok(Some(*id));
        }
        let id = connection
            .prepare_cached("SELECT id FROM names WHERE name = ?1")?
            .query_row([name], |row| row.get(0))
            .optional()?;
        if let Some(id) = id {
            self.known.insert(name.to_owned(), id);
        }
        Ok(id)
    }

    /// The number of a name, given now if it has none; only inside a write transaction.
    pub(super) fn give(&mut self, connection: &Connection, name: &str) -> rusqlite::Result<i64> {
        if let Some(id) = self.find(connection, name)? {
            return Ok(id);
        }
        connection
            .prepare_cached("INSERT INTO names (name) VALUES (?1)")?
            .execute([name])?;
        let id = connection.last_insert_rowid();
        if id > MAX_NAME {
            return Err(rusqlite::Error::IntegralValueOutOfRange(0, id));
        }
        self.known.insert(name.to_owned(), id);
        Ok(id)
    }

    /// Forgets numbers that a rolled-back transaction may have given.
    pub(super) fn clear(&mut self) {
        self.known.clear();
    }
}

/// A word of the text index: the number of the index in three digits of base 36, then the folded word.
pub(super) fn token(index: i64, word: &str) -> String {
    let digit = |place: i64| {
        let value = u8::try_from(index / place % 36).unwrap_or(0);
        char::from(if value < 10 { b'0' + value } else { b'a' + value - 10 })
    };
    let mut token = String::with_capacity(word.len() + 3);
    token.extend([digit(36 * 36), digit(36), digit(1)]);
    token.push_str(word);
    token
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_of_two_indexes_never_meet() {
        assert_eq!(token(1, "dong"), "001dong");
        assert_eq!(token(36 * 36 + 35, "x"), "10zx");
        assert_ne!(token(1, "1a"), token(11, "a"));
    }
}
