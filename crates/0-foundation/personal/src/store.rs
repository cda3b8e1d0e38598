//! Keys and details over the records port.

use crate::error::PersonalError;
use crate::record::{DETAILS, KEYS, KeyRecord};
use kernel::fact::Fact;
use kernel::id::PersonId;
use ports::records::{Change, Document, Expect, Records, Transaction};
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

    /// The key of a person with its version.
    pub async fn key(&self, person: PersonId) -> Result<Option<(KeyRecord, u64)>, PersonalError> {
        let Some(document) = self.records.get(KEYS, &person.to_string()).await? else {
            return Ok(None);
        };
        Ok(Some((KeyRecord::read(&document, person)?, document.version)))
    }

    /// The sealed details of a person.
    pub async fn details(&self, person: PersonId) -> Result<Option<Document>, PersonalError> {
        Ok(self.records.get(DETAILS, &person.to_string()).await?)
    }

    /// Stores details with their key, which is at this version (0: new), and the fact of it: all or nothing. When the person
    /// was erased meanwhile it is a conflict, and nothing is stored.
    pub async fn put(
        &self,
        person: PersonId,
        key: &KeyRecord,
        version: u64,
        sealed: Vec<u8>,
        fact: Fact,
    ) -> Result<(), PersonalError> {
        let put = |collection, expect, body| Change::Put {
            collection,
            key: person.to_string(),
            expect,
            body,
            indexes: Vec::new(),
        };
        let changes = vec![
            put(KEYS, Expect::since(version), key.write()?),
            put(DETAILS, Expect::Any, sealed),
        ];
        self.commit(changes, fact).await
    }

    /// Removes key and details, with the fact of it.
    pub async fn destroy(&self, person: PersonId, fact: Fact) -> Result<(), PersonalError> {
        let delete = |collection| Change::Delete {
            collection,
            key: person.to_string(),
            expect: Expect::Any,
        };
        self.commit(vec![delete(KEYS), delete(DETAILS)], fact).await
    }

    async fn commit(&self, changes: Vec<Change>, fact: Fact) -> Result<(), PersonalError> {
        let facts = vec![fact];
        self.records
            .commit(Transaction {
                changes,
                facts,
                cursor: None,
            })
            .await?;
        Ok(())
    }
}
