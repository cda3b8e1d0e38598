//! All ports of one sealed tenant over those of the engine below.

use crate::error::SealError;
use crate::journal::SealedJournal;
use crate::log::NoLog;
use crate::objects::SealedObjects;
use crate::records::SealedRecords;
use crate::rotation::Rotation;
use crate::vault::Vault;
use kernel::clock::Clock;
use ports::journal::Journal;
use ports::log::Log;
use ports::objects::Objects;
use ports::records::Records;
use std::sync::Arc;

/// The ports of a sealed tenant. Locked when it is opened.
#[derive(Clone, Debug)]
pub struct SealedTenant {
    /// Its keys.
    pub vault: Vault,
    /// Documents.
    pub records: Arc<dyn Records>,
    /// Facts.
    pub journal: Arc<dyn Journal>,
    /// Objects.
    pub objects: Arc<dyn Objects>,
    /// Refuses observations.
    pub log: Arc<dyn Log>,
    below: (Arc<dyn Records>, Arc<dyn Journal>, SealedObjects),
}

impl SealedTenant {
    /// Over the ports of an engine whose directory nobody else has open. `clock` is the machine's.
    pub fn new(
        tenant: &str,
        records: Arc<dyn Records>,
        journal: Arc<dyn Journal>,
        objects: Arc<dyn Objects>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let vault = Vault::new(tenant, Arc::clone(&records), clock);
        let sealed = SealedObjects::new(vault.clone(), objects);
        Self {
            records: Arc::new(SealedRecords::new(vault.clone(), Arc::clone(&records))),
            journal: Arc::new(SealedJournal::new(vault.clone(), Arc::clone(&journal))),
            objects: Arc::new(sealed.clone()),
            log: Arc::new(NoLog::new(tenant)),
            below: (records, journal, sealed),
            vault,
        }
    }

    /// Begins another data key, or takes up the change that is under way.
    pub async fn rotation(&self) -> Result<Rotation, SealError> {
        let (records, journal, objects) = &self.below;
        let (records, journal) = (Arc::clone(records), Arc::clone(journal));
        Rotation::begin(self.vault.clone(), records, journal, objects.clone()).await
    }
}
