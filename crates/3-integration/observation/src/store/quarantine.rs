//! What is kept aside, over the records port.

use super::{Store, read};
use crate::error::ObservationError;
use crate::record::{QUARANTINE, QuarantineRecord};
use kernel::id::QuarantineId;
use ports::error::PortError;
use ports::query::{After, Condition, IndexValue, Order, Query};
use ports::records::{Change, Document, Expect, Transaction};

impl Store {
    /// Keeps items aside, together.
    pub async fn put_quarantine(&self, items: &[QuarantineRecord]) -> Result<(), PortError> {
        let transaction = Transaction {
            changes: items.iter().map(|item| put(item, Expect::Absent)).collect(),
            ..Transaction::default()
        };
        self.records.commit(transaction).await.map(drop)
    }

    /// One item, with the version of its document.
    pub async fn quarantined(&self, id: QuarantineId) -> Result<Option<(QuarantineRecord, u64)>, ObservationError> {
        let Some(document) = self.records.get(QUARANTINE, &id.to_string()).await? else {
            return Ok(None);
        };
        Ok(Some((item(&document)?, document.version)))
    }

    /// What came of a replay, all or nothing: the item with its mark, if it is still at this version, and what was wrong
    /// again as new items.
    pub async fn settle(
        &self,
        marked: Option<(&QuarantineRecord, u64)>,
        kept: &[QuarantineRecord],
    ) -> Result<(), ObservationError> {
        let marked = marked.map(|(item, version)| put(item, Expect::Version(version)));
        let kept = kept.iter().map(|item| put(item, Expect::Absent));
        let transaction = Transaction {
            changes: marked.into_iter().chain(kept).collect(),
            ..Transaction::default()
        };
        self.records.commit(transaction).await?;
        Ok(())
    }

    /// How many items are in quarantine.
    pub async fn count_quarantine(&self) -> Result<u64, PortError> {
        self.records.count(QUARANTINE, Query::all(1)).await
    }

    /// The items that came first.
    pub async fn oldest_quarantine(&self, limit: usize) -> Result<Vec<QuarantineRecord>, ObservationError> {
        let query = Query::all(limit).by(Order::Ascending("at"));
        let page = self.records.query(QUARANTINE, query).await?;
        page.documents.iter().map(item).collect()
    }

    /// Removes items, together; one that is not there any more is no mistake.
    pub async fn drop_quarantine(&self, items: &[QuarantineId]) -> Result<(), PortError> {
        if items.is_empty() {
            return Ok(());
        }
        let changes = items.iter().map(|id| Change::Delete {
            collection: QUARANTINE,
            key: id.to_string(),
            expect: Expect::Any,
        });
        let transaction = Transaction {
            changes: changes.collect(),
            ..Transaction::default()
        };
        self.records.commit(transaction).await.map(drop)
    }

    /// One page of quarantine, newest first.
    pub async fn quarantine(
        &self,
        device: Option<String>,
        reason: Option<String>,
        after: Option<After>,
        limit: usize,
    ) -> Result<(Vec<QuarantineRecord>, Option<After>), ObservationError> {
        let mut query = Query::all(limit).by(Order::Descending("at")).after(after);
        for (index, value) in [("device", device), ("reason", reason)] {
            if let Some(value) = value {
                query = query.with(Condition::AnyOf(index, vec![value]));
            }
        }
        let page = self.records.query(QUARANTINE, query).await?;
        let items = page.documents.iter().map(item);
        Ok((items.collect::<Result<_, _>>()?, page.next))
    }
}

fn item(document: &Document) -> Result<QuarantineRecord, ObservationError> {
    read("quarantine", document, |item: &QuarantineRecord| item.format)
}

fn put(item: &QuarantineRecord, expect: Expect) -> Change {
    Change::Put {
        collection: QUARANTINE,
        key: item.id.to_string(),
        expect,
        body: serde_json::to_vec(item).unwrap_or_default(),
        indexes: vec![
            ("device", IndexValue::Equal(item.device.clone())),
            ("reason", IndexValue::Equal(item.reason.code().to_owned())),
            ("at", IndexValue::Range(item.at.micros())),
        ],
    }
}
