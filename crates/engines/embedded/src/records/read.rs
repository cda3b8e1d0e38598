//! Answers to questions, on one of the reading connections.

use super::compile::{Plan, plan};
use super::condition::Statement;
use super::failure::of_read;
use super::names::Names;
use ports::error::Result;
use ports::query::{After, Order, Query};
use ports::records::{Collection, Document, Page};
use rusqlite::{Connection, OptionalExtension, params, params_from_iter};

/// One document.
pub(super) fn get(connection: &Connection, collection: Collection, key: &str) -> Result<Option<Document>> {
    connection
        .prepare_cached(
            "SELECT d.version, d.body FROM names n JOIN documents d ON d.collection = n.id
             WHERE n.name = ?1 AND d.key = ?2",
        )
        .and_then(|mut statement| {
            statement
                .query_row(params![collection.name, key], |row| {
                    Ok(Document {
                        key: key.to_owned(),
                        version: row.get(0)?,
                        body: row.get(1)?,
                    })
                })
                .optional()
        })
        .map_err(|error| of_read(&error))
}

/// One page; the query has been checked.
pub(super) fn page(connection: &Connection, collection: Collection, query: &Query, few: i64) -> Result<Page> {
    let read = || -> rusqlite::Result<Page> {
        let Some(plan) = plan(connection, &mut Names::default(), collection, query, true)? else {
            return Ok(Page::default());
        };
        let Statement { sql, values } = plan.page(&estimate(connection, &plan, few)?, few);
        let mut statement = connection.prepare_cached(&sql)?;
        let mut rows = statement.query(params_from_iter(values))?;
        let mut page = Page::default();
        let mut last = 0;
        while let Some(row) = rows.next()? {
            if page.documents.len() == query.limit {
                let value = if query.order == Order::Key { 0 } else { last };
                page.next = page.documents.last().map(|document| After {
                    value,
                    key: document.key.clone(),
                });
                break;
            }
            page.documents.push(Document {
                key: row.get(0)?,
                version: row.get(1)?,
                body: row.get(2)?,
            });
            last = row.get(3)?;
        }
        Ok(page)
    };
    read().map_err(|error| of_read(&error))
}

/// How many; the query has been checked.
pub(super) fn count(connection: &Connection, collection: Collection, query: &Query, few: i64) -> Result<u64> {
    let read = || -> rusqlite::Result<u64> {
        let Some(plan) = plan(connection, &mut Names::default(), collection, query, false)? else {
            return Ok(0);
        };
        let estimates = estimate(connection, &plan, few)?;
        let Statement { sql, values } = plan.count(&estimates);
        connection
            .prepare_cached(&sql)?
            .query_row(params_from_iter(values), |row| row.get(0))
    };
    read().map_err(|error| of_read(&error))
}

fn estimate(connection: &Connection, plan: &Plan, few: i64) -> rusqlite::Result<Vec<i64>> {
    plan.estimates(few, |Statement { sql, values }| {
        connection
            .prepare_cached(&sql)?
            .query_row(params_from_iter(values), |row| row.get(0))
    })
}
