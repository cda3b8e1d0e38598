//! Walks over the documents of one collection below, opens them and keeps those that a question asks for, within bounds.

use crate::ask::{MAX_VALUES, holds};
use crate::row::{ROWS, Row, TOKEN, collection_token, open_row, row_key, token};
use crate::secret::Keys;
use ports::error::{PortError, Result};
use ports::query::{After, Condition, Query};
use ports::records::{Collection, Records};
use std::collections::VecDeque;

/// Documents that one question may look through.
pub const MAX_ROWS: usize = 50_000;
/// Bytes of bodies that one question may look through.
pub const MAX_BYTES: usize = 256 << 20;
/// Documents that are fetched at once.
const STEP: usize = 100;

/// A document that was opened.
pub(crate) struct Opened {
    pub(crate) key: String,
    pub(crate) version: u64,
    pub(crate) row: Row,
}

/// A walk in the order of keys.
pub(crate) struct Scan<'a> {
    records: &'a dyn Records,
    keys: &'a Keys,
    collection: Collection,
    conditions: &'a [Condition],
    query: Query,
    buffer: VecDeque<Opened>,
    ended: bool,
    rows: usize,
    bytes: usize,
}

/// The conditions that the engine below can judge by tokens; the flag says whether these are all. Those that take too many
/// tokens are left for memory.
pub(crate) fn below(keys: &Keys, collection: Collection, conditions: &[Condition]) -> (Vec<Condition>, bool) {
    let mut all = true;
    let mut tokens = Vec::new();
    for condition in conditions {
        match condition {
            Condition::AnyOf(index, values) if values.len() * keys.versions.len() <= MAX_VALUES => {
                let each = keys.versions.values();
                let any = each.flat_map(|key| values.iter().map(|value| token(key, collection.name, index, value)));
                tokens.push(Condition::AnyOf(TOKEN, any.collect()));
            }
            _ => all = false,
        }
    }
    (tokens, all)
}

/// The condition that every document of a collection meets.
pub(crate) fn whole(keys: &Keys, collection: Collection) -> Condition {
    let each = keys.versions.values();
    Condition::AnyOf(TOKEN, each.map(|key| collection_token(key, collection.name)).collect())
}

impl<'a> Scan<'a> {
    pub(crate) fn new(
        records: &'a dyn Records,
        keys: &'a Keys,
        collection: Collection,
        conditions: &'a [Condition],
        after: Option<&str>,
    ) -> Self {
        let (tokens, _) = below(keys, collection, conditions);
        let mut query = Query::all(STEP);
        query.conditions = tokens;
        query.after = Some(After {
            value: 0,
            key: row_key(collection.name, after.unwrap_or_default()),
        });
        let (buffer, ended, rows, bytes) = (VecDeque::new(), false, 0, 0);
        Self {
            records,
            keys,
            collection,
            conditions,
            query,
            buffer,
            ended,
            rows,
            bytes,
        }
    }

    /// The next document that meets all conditions.
    pub(crate) async fn next(&mut self) -> Result<Option<Opened>> {
        loop {
            if let Some(found) = self.buffer.pop_front() {
                return Ok(Some(found));
            }
            if self.ended {
                return Ok(None);
            }
            self.step().await?;
        }
    }

    async fn step(&mut self) -> Result<()> {
        let page = self.records.query(ROWS, self.query.clone()).await?;
        self.ended = page.next.is_none();
        self.query.after = page.next;
        for document in page.documents {
            let name = self.collection.name;
            let Some(key) = document.key.strip_prefix(name).and_then(|rest| rest.strip_prefix('/')) else {
                // the keys of the collection are over
                self.ended = true;
                return Ok(());
            };
            self.rows += 1;
            self.bytes += document.body.len();
            if self.rows > MAX_ROWS || self.bytes > MAX_BYTES {
                return Err(too_much(name));
            }
            let row = open_row(self.keys, name, key, &document)?;
            if holds(self.conditions, &row.values) {
                let (key, version) = (key.to_owned(), document.version);
                self.buffer.push_back(Opened { key, version, row });
            }
        }
        Ok(())
    }
}

fn too_much(collection: &str) -> PortError {
    PortError::Full(format!(
        "the question would open more than {MAX_ROWS} documents or {MAX_BYTES} bytes of {collection} in memory, because the \
         tenant is sealed; narrow it by an equality condition"
    ))
}
