//! Turns a question into one SQL statement with bound values.
//!
//! A page is either streamed in its order, testing each document against the conditions, or driven by the condition
//! with the fewest documents and sorted afterwards. Which is better is decided by counting index rows up to a limit, `few`.

use super::condition::{Statement, Test, bounds};
use super::names::{Names, token};
use super::prepare::{declared, index_name, sound};
use kernel::text::words;
use ports::error::{PortError, Result};
use ports::query::{Condition, IndexKind, Order, Query};
use ports::records::Collection;
use rusqlite::Connection;
use rusqlite::types::Value as Sql;

/// Most values of one [`Condition::AnyOf`].
pub const MAX_VALUES: usize = 1_000;
/// Most words of one [`Condition::Words`].
pub const MAX_WORDS: usize = 200;

/// A question over numbered indexes.
#[derive(Debug)]
pub(super) struct Plan {
    collection: i64,
    tests: Vec<Test>,
    order: Sorting,
    after: Option<(i64, String)>,
    limit: usize,
}

#[derive(Clone, Copy, Debug)]
enum Sorting {
    Key,
    Range { name: i64, descending: bool },
}

/// Refuses what the collection does not declare. Needs no storage.
pub(super) fn check(collection: Collection, query: &Query) -> Result<()> {
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
    if !(1..=1_000).contains(&query.limit) {
        return Err(PortError::Misuse(format!(
            "a page of {} documents; ask for 1 to 1,000",
            query.limit
        )));
    }
    Ok(())
}

fn at_most(values: usize, most: usize, index: &str) -> Result<()> {
    if values <= most {
        return Ok(());
    }
    Err(PortError::Misuse(format!(
        "{values} values for index '{index}' in one question; ask for at most {most}"
    )))
}

/// Numbers the names; absent when nothing can match.
pub(super) fn plan(
    connection: &Connection,
    names: &mut Names,
    collection: Collection,
    query: &Query,
    with_order: bool,
) -> rusqlite::Result<Option<Plan>> {
    let mut number = |index: &str, kind| names.find(connection, &index_name(collection.name, index, kind));
    let mut tests = Vec::with_capacity(query.conditions.len());
    for condition in &query.conditions {
        let test = match condition {
            Condition::AnyOf(index, values) => {
                let mut values = values.clone();
                values.sort_unstable();
                values.dedup();
                let name = number(index, IndexKind::Equal)?.filter(|_| !values.is_empty());
                name.map(|name| Test::AnyOf(name, values))
            }
            Condition::Between(index, from, to) => {
                number(index, IndexKind::Range)?.map(|name| Test::Between(name, *from, *to))
            }
            Condition::Words(index, text) => {
                let words = words(text);
                if words.is_empty() {
                    // no word is asked for, so every document has them all
                    continue;
                }
                number(index, IndexKind::Text)?.map(|name| {
                    let mut tokens: Vec<String> = words.iter().map(|word| token(name, word)).collect();
                    tokens.sort_unstable();
                    tokens.dedup();
                    Test::Words(tokens)
                })
            }
            Condition::Touches(index, b) => {
                number(index, IndexKind::Place)?.map(|name| Test::Touches(name, [b.west, b.south, b.east, b.north]))
            }
        };
        let Some(test) = test else { return Ok(None) };
        tests.push(test);
    }
    let order = match query.order {
        Order::Ascending(index) | Order::Descending(index) if with_order => {
            let Some(name) = number(index, IndexKind::Range)? else {
                return Ok(None);
            };
            Sorting::Range {
                name,
                descending: matches!(query.order, Order::Descending(_)),
            }
        }
        _ => Sorting::Key,
    };
    let after = query.after.as_ref().map(|after| (after.value, after.key.clone()));
    let Some(collection) = names.find(connection, collection.name)? else {
        return Ok(None);
    };
    Ok(Some(Plan {
        collection,
        tests,
        order,
        after,
        limit: query.limit,
    }))
}

impl Plan {
    /// For each condition, how many index rows it has, counted to one beyond `few`. Words are counted
    /// last, and not at all when another condition drives the page well enough, because their count is dear.
    pub(super) fn estimates(
        &self,
        few: i64,
        mut count: impl FnMut(Statement) -> rusqlite::Result<i64>,
    ) -> rusqlite::Result<Vec<i64>> {
        let mut estimates = vec![i64::MAX; self.tests.len()];
        let mut smallest = i64::MAX;
        for words in [false, true] {
            for (test, rows) in self.tests.iter().zip(&mut estimates) {
                if matches!(test, Test::Words(_)) != words || (words && smallest <= few / 20) {
                    continue;
                }
                let mut statement = test.documents();
                statement.sql = format!(
                    "SELECT count(*) FROM ({} LIMIT {})",
                    statement.sql,
                    few.saturating_add(1)
                );
                *rows = count(statement)?;
                smallest = smallest.min(*rows);
            }
        }
        Ok(estimates)
    }

    /// Documents of one page and one more: key, version, body, value of the ordering index.
    pub(super) fn page(&self, estimates: &[i64], few: i64) -> Statement {
        let smallest = estimates.iter().enumerate().min_by_key(|(_, rows)| **rows);
        let driver = smallest.filter(|(_, rows)| **rows <= few).map(|(number, _)| number);
        // in the order of the same index, a range is the beginning and end of the stream
        let driver = driver.filter(|number| !self.tests.get(*number).is_some_and(|test| self.is_stream(test)));
        let mut chosen = match self.order {
            Sorting::Key => self.by_key(driver),
            Sorting::Range { name, descending } => self.by_range(driver, name, descending),
        };
        let order = match self.order {
            Sorting::Key => "d.key",
            Sorting::Range { descending: false, .. } => "p.value, d.key",
            Sorting::Range { descending: true, .. } => "p.value DESC, d.key DESC",
        };
        chosen.sql = format!(
            "SELECT d.key, d.version, d.body, p.value FROM ({}) p CROSS JOIN documents d ON d.id = p.document ORDER BY {order}",
            chosen.sql
        );
        chosen
    }

    /// How many documents satisfy all conditions.
    pub(super) fn count(&self, estimates: &[i64]) -> Statement {
        let mut statement = Statement::default();
        let smallest = estimates.iter().enumerate().min_by_key(|(_, rows)| **rows);
        let Some((driver, test)) = smallest.and_then(|(number, _)| Some((number, self.tests.get(number)?))) else {
            statement.push(
                "SELECT count(*) FROM documents WHERE collection = ?",
                [Sql::Integer(self.collection)],
            );
            return statement;
        };
        statement.push("SELECT count(*) FROM (SELECT DISTINCT document FROM (", []);
        statement.add(test.documents());
        statement.push(")) m WHERE true", []);
        self.add_probes(&mut statement, Some(driver), "m.document");
        statement
    }

    fn is_stream(&self, test: &Test) -> bool {
        matches!((self.order, test), (Sorting::Range { name, .. }, Test::Between(tested, _, _)) if name == *tested)
    }

    fn by_key(&self, driver: Option<usize>) -> Statement {
        let mut statement = Statement::default();
        statement.push("SELECT d.id AS document, 0 AS value FROM ", []);
        if let Some(test) = driver.and_then(|number| self.tests.get(number)) {
            statement.push("(SELECT DISTINCT document FROM (", []);
            statement.add(test.documents());
            statement.push(")) m CROSS JOIN documents d ON d.id = m.document WHERE true", []);
        } else {
            let collection = Sql::Integer(self.collection);
            statement.push(
                "documents d INDEXED BY documents_key WHERE d.collection = ?",
                [collection],
            );
        }
        if let Some((_, key)) = &self.after {
            statement.push(" AND d.key > ?", [Sql::Text(key.clone())]);
        }
        self.add_probes(&mut statement, driver, "d.id");
        statement.push(" ORDER BY d.key LIMIT ?", [self.one_more()]);
        statement
    }

    fn by_range(&self, driver: Option<usize>, name: i64, descending: bool) -> Statement {
        let mut statement = Statement::default();
        statement.push("SELECT r.document AS document, r.value AS value FROM ", []);
        if let Some(test) = driver.and_then(|number| self.tests.get(number)) {
            statement.push("(SELECT DISTINCT document FROM (", []);
            statement.add(test.documents());
            statement.push(
                ")) m CROSS JOIN ranges r ON r.document = m.document WHERE r.name = ?",
                [Sql::Integer(name)],
            );
        } else {
            statement.push(
                "ranges r INDEXED BY ranges_order WHERE r.name = ?",
                [Sql::Integer(name)],
            );
            for test in self.tests.iter().filter(|test| self.is_stream(test)) {
                if let Test::Between(_, from, to) = test {
                    statement.add(bounds("r.value", *from, *to));
                }
            }
        }
        if let Some((value, key)) = &self.after {
            let sign = if descending { "<" } else { ">" };
            let values = [Sql::Integer(*value), Sql::Text(key.clone())];
            statement.push(&format!(" AND (r.value, r.key) {sign} (?, ?)"), values);
        }
        self.add_probes(&mut statement, driver, "r.document");
        let order = if descending {
            "r.value DESC, r.key DESC"
        } else {
            "r.value, r.key"
        };
        statement.push(&format!(" ORDER BY {order} LIMIT ?"), [self.one_more()]);
        statement
    }

    fn add_probes(&self, statement: &mut Statement, driver: Option<usize>, document: &str) {
        for (number, test) in self.tests.iter().enumerate() {
            let streamed = driver.is_none() && self.is_stream(test);
            if driver != Some(number) && !streamed {
                statement.push(" AND ", []);
                statement.add(test.probe(document));
            }
        }
    }

    fn one_more(&self) -> Sql {
        Sql::Integer(i64::try_from(self.limit).unwrap_or(i64::MAX - 1) + 1)
    }
}
