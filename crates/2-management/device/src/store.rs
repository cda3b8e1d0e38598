//! Devices over the records port.

pub mod certificate;
pub mod command;

use crate::error::DeviceError;
use crate::fact;
use crate::model::Device;
use crate::record::{DEVICES, indexes, read, write};
use kernel::actor::Actor;
use kernel::time::Timestamp;
use ports::query::{After, Query};
use ports::records::{Change, Expect, Records, Transaction};
use std::sync::Arc;

/// Where devices live.
#[derive(Clone, Debug)]
pub struct Store {
    records: Arc<dyn Records>,
}

impl Store {
    /// Over the records of one tenant.
    pub fn new(records: Arc<dyn Records>) -> Self {
        Self { records }
    }

    /// One device with its version.
    pub async fn get(&self, id: &str) -> Result<Option<(Device, u64)>, DeviceError> {
        let Some(document) = self.records.get(DEVICES, id).await? else {
            return Ok(None);
        };
        Ok(Some((read(id, &document.body)?, document.version)))
    }

    /// One page of devices.
    pub async fn page(&self, query: Query) -> Result<(Vec<Device>, Option<After>), DeviceError> {
        let page = self.records.query(DEVICES, query).await?;
        let devices = page
            .documents
            .iter()
            .map(|document| read(&document.key, &document.body));
        Ok((devices.collect::<Result<_, _>>()?, page.next))
    }

    /// All devices; for filling the registry at start.
    pub async fn all(&self) -> Result<Vec<Device>, DeviceError> {
        let (mut devices, mut after) = (Vec::new(), None);
        loop {
            let (page, next) = self.page(Query::all(1_000).after(after)).await?;
            devices.extend(page);
            match next {
                Some(next) => after = Some(next),
                None => return Ok(devices),
            }
        }
    }

    /// Writes devices together, each with its expectation, and tells of it.
    pub async fn put(&self, devices: &[(Device, Expect)], actor: &Actor, now: Timestamp) -> Result<(), DeviceError> {
        let changes = devices.iter().map(|(device, expect)| Change::Put {
            collection: DEVICES,
            key: device.id.to_string(),
            expect: *expect,
            body: write(device),
            indexes: indexes(device),
        });
        let facts = devices.iter().map(|(device, _)| fact::changed(device, actor, now));
        let transaction = Transaction {
            changes: changes.collect(),
            facts: facts.collect(),
            cursor: None,
        };
        self.records
            .commit(transaction)
            .await
            .map(drop)
            .map_err(DeviceError::from)
    }
}
