//! The port of documents over another one that sees only sealed bytes and HMACs.
//!
//! Equality is judged below by HMACs; range, text and place are judged here, over opened documents. A page by key with
//! equality only costs its documents; everything else opens what equality leaves, at most [`MAX_ROWS`] and [`MAX_BYTES`].

pub use crate::scan::{MAX_BYTES, MAX_ROWS};

use crate::ask::{check, number};
use crate::commit::{seal_transaction, unmapped};
use crate::row::{ROWS, open_row, row_key};
use crate::scan::{Opened, Scan, below, whole};
use crate::secret::Keys;
use crate::vault::Vault;
use async_trait::async_trait;
use ports::error::{PortError, Result};
use ports::query::{After, Order, Query};
use ports::records::{Collection, Committed, Document, Page, Records, Transaction};
use std::sync::Arc;

/// Documents of a sealed tenant. Clones share one vault.
#[derive(Clone, Debug)]
pub struct SealedRecords {
    vault: Vault,
    inner: Arc<dyn Records>,
}

impl SealedRecords {
    /// Over the records below, which nobody else may write.
    pub fn new(vault: Vault, inner: Arc<dyn Records>) -> Self {
        Self { vault, inner }
    }

    async fn by_key(&self, keys: &Keys, collection: Collection, query: Query) -> Result<Page> {
        let after = query.after.as_ref().map(|after| after.key.as_str());
        let mut scan = Scan::new(&*self.inner, keys, collection, &query.conditions, after);
        let mut found = Vec::new();
        while found.len() <= query.limit {
            let Some(opened) = scan.next().await? else { break };
            found.push((0, opened));
        }
        Ok(page(found, query.limit))
    }

    async fn by_range(&self, keys: &Keys, collection: Collection, query: Query, descending: bool) -> Result<Page> {
        let (Order::Ascending(index) | Order::Descending(index)) = query.order else {
            return self.by_key(keys, collection, query).await;
        };
        let mut scan = Scan::new(&*self.inner, keys, collection, &query.conditions, None);
        let mut found = Vec::new();
        while let Some(opened) = scan.next().await? {
            let Some(value) = number(&opened.row.values, index) else {
                continue;
            };
            let beyond = query.after.as_ref().is_none_or(|after| {
                let order = (value, opened.key.as_str()).cmp(&(after.value, after.key.as_str()));
                if descending { order.is_lt() } else { order.is_gt() }
            });
            if beyond {
                found.push((value, opened));
            }
        }
        found.sort_unstable_by(|(a, one), (b, other)| {
            let order = (a, &one.key).cmp(&(b, &other.key));
            if descending { order.reverse() } else { order }
        });
        Ok(page(found, query.limit))
    }

    async fn commit_now(&self, transaction: Transaction) -> Result<Committed> {
        let _turn = self.vault.turn().read_owned().await;
        let keys = self.vault.keys()?;
        let sealed = seal_transaction(&keys, transaction)?;
        self.inner.commit(sealed).await.map_err(unmapped)
    }
}

/// The first documents, and where the next page begins if there are more.
fn page(mut found: Vec<(i64, Opened)>, limit: usize) -> Page {
    let more = found.len() > limit;
    found.truncate(limit);
    let last = found.last().filter(|_| more);
    let next = last.map(|(value, opened)| After {
        value: *value,
        key: opened.key.clone(),
    });
    let documents = found
        .into_iter()
        .map(|(_, Opened { key, version, row })| Document {
            key,
            version,
            body: row.body,
        })
        .collect();
    Page { documents, next }
}

#[async_trait]
impl Records for SealedRecords {
    async fn get(&self, collection: Collection, key: &str) -> Result<Option<Document>> {
        let _turn = self.vault.turn().read_owned().await;
        let keys = self.vault.keys()?;
        let Some(found) = self.inner.get(ROWS, &row_key(collection.name, key)).await? else {
            return Ok(None);
        };
        let row = open_row(&keys, collection.name, key, &found)?;
        Ok(Some(Document {
            key: key.to_owned(),
            version: found.version,
            body: row.body,
        }))
    }

    async fn query(&self, collection: Collection, query: Query) -> Result<Page> {
        let _turn = self.vault.turn().read_owned().await;
        let keys = self.vault.keys()?;
        check(collection, &query)?;
        match query.order {
            Order::Key => self.by_key(&keys, collection, query).await,
            Order::Ascending(_) => self.by_range(&keys, collection, query, false).await,
            Order::Descending(_) => self.by_range(&keys, collection, query, true).await,
        }
    }

    async fn count(&self, collection: Collection, mut query: Query) -> Result<u64> {
        let _turn = self.vault.turn().read_owned().await;
        let keys = self.vault.keys()?;
        (query.limit, query.order, query.after) = (1, Order::Key, None);
        check(collection, &query)?;
        let (mut tokens, all) = below(&keys, collection, &query.conditions);
        if all {
            tokens.push(whole(&keys, collection));
            query.conditions = tokens;
            return self.inner.count(ROWS, query).await;
        }
        let mut scan = Scan::new(&*self.inner, &keys, collection, &query.conditions, None);
        let mut count = 0;
        while scan.next().await?.is_some() {
            count += 1;
        }
        Ok(count)
    }

    async fn commit(&self, transaction: Transaction) -> Result<Committed> {
        let own = self.clone();
        // a task of its own: what was asked for is done whoever still listens
        tokio::spawn(async move { own.commit_now(transaction).await })
            .await
            .map_err(|error| PortError::Unavailable(format!("the commit was stopped: {error}")))?
    }
}
