//! Boundaries over the records port.

use crate::error::BoundaryError;
use crate::model::{Boundary, Origin};
use crate::record::{BOUNDARIES, ORIGIN, ORIGINS, read, read_origin, write, write_origin};
use kernel::area::AreaCode;
use kernel::fact::Fact;
use ports::query::Query;
use ports::records::{Change, Expect, Records, Transaction};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Those of one tenant.
#[derive(Clone, Debug)]
pub struct Store {
    records: Arc<dyn Records>,
}

impl Store {
    /// Over the records of a tenant.
    pub fn new(records: Arc<dyn Records>) -> Self {
        Self { records }
    }

    /// What is in use; `None` while nothing was imported.
    pub async fn load(&self) -> Result<Option<(Origin, Vec<Boundary>)>, BoundaryError> {
        let Some(document) = self.records.get(ORIGINS, ORIGIN).await? else {
            return Ok(None);
        };
        let origin = read_origin(&document)?;
        let mut boundaries = Vec::new();
        for key in self.keys().await? {
            let Some(document) = self.records.get(BOUNDARIES, &key).await? else {
                continue;
            };
            let code = AreaCode::new(&key).map_err(|error| BoundaryError::Unreadable {
                key: key.clone(),
                why: error.to_string(),
            })?;
            boundaries.push(Boundary {
                code,
                shape: read(&document)?,
            });
        }
        Ok(Some((origin, boundaries)))
    }

    /// Puts these in place of whatever there is, with the fact of it: all or nothing. No boundaries and no origin mean that
    /// the pack's cells are in use again.
    pub async fn replace(&self, origin: Option<&Origin>, all: &[Boundary], fact: Fact) -> Result<(), BoundaryError> {
        let new: BTreeSet<&str> = all.iter().map(|boundary| boundary.code.as_str()).collect();
        let mut changes: Vec<Change> = Vec::new();
        for key in self.keys().await?.into_iter().filter(|key| !new.contains(key.as_str())) {
            changes.push(Change::Delete {
                collection: BOUNDARIES,
                key,
                expect: Expect::Any,
            });
        }
        changes.extend(all.iter().map(|boundary| Change::Put {
            collection: BOUNDARIES,
            key: boundary.code.to_string(),
            expect: Expect::Any,
            body: write(boundary),
            indexes: Vec::new(),
        }));
        changes.push(match origin {
            Some(origin) => Change::Put {
                collection: ORIGINS,
                key: ORIGIN.to_owned(),
                expect: Expect::Any,
                body: write_origin(origin),
                indexes: Vec::new(),
            },
            None => Change::Delete {
                collection: ORIGINS,
                key: ORIGIN.to_owned(),
                expect: Expect::Any,
            },
        });
        let transaction = Transaction {
            changes,
            facts: vec![fact],
            cursor: None,
        };
        self.records.commit(transaction).await?;
        Ok(())
    }

    async fn keys(&self) -> Result<Vec<String>, BoundaryError> {
        let mut keys = Vec::new();
        let mut after = None;
        loop {
            let page = self.records.query(BOUNDARIES, Query::all(20).after(after)).await?;
            keys.extend(page.documents.into_iter().map(|document| document.key));
            after = page.next;
            if after.is_none() {
                return Ok(keys);
            }
        }
    }
}
