//! Versions over the records port.

use crate::error::SettingError;
use crate::model::{Newest, Version};
use crate::record::{KEY, NEWEST, VERSIONS, read, version_key, write};
use kernel::fact::Fact;
use ports::records::{Change, Expect, Records, Transaction};
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

    /// What the newest start has noted, with the version of its document.
    pub async fn newest(&self) -> Result<Option<(Newest, u64)>, SettingError> {
        let Some(document) = self.records.get(NEWEST, KEY).await? else {
            return Ok(None);
        };
        Ok(Some((read(&document)?, document.version)))
    }

    /// One version.
    pub async fn version(&self, number: u32) -> Result<Option<Version>, SettingError> {
        let document = self.records.get(VERSIONS, &version_key(number)).await?;
        document.as_ref().map(read).transpose()
    }

    /// Stores a version with its fact, if the newest one is still at `seen` (0: there is none): all or nothing.
    pub async fn add(&self, version: &Version, newest: &Newest, seen: u64, fact: Fact) -> Result<(), SettingError> {
        let key = version_key(version.number);
        let put = |collection, key: &str, expect, body| Change::Put {
            collection,
            key: key.to_owned(),
            expect,
            body,
            indexes: Vec::new(),
        };
        let changes = vec![
            put(NEWEST, KEY, Expect::since(seen), write(KEY, newest)?),
            put(VERSIONS, &key, Expect::Absent, write(&key, version)?),
        ];
        let transaction = Transaction {
            changes,
            facts: vec![fact],
            cursor: None,
        };
        self.records.commit(transaction).await?;
        Ok(())
    }
}
