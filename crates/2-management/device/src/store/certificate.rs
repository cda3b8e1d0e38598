//! Certificates and invitations over the records port.

use crate::error::DeviceError;
use crate::fact::certificate::Happened;
use crate::model::certificate::{Certificate, Invitation};
use crate::record::certificate::{CERTIFICATES, INVITATIONS, Stored, indexes, key_of, read, write};
use kernel::fact::Fact;
use kernel::time::Timestamp;
use ports::query::{Condition, Query};
use ports::records::{Change, Expect, Records, Transaction};
use std::sync::Arc;

/// Where the certificates of one tenant live. Who may see them follows from their device: the service asks that first.
#[derive(Clone, Debug)]
pub struct CertificateStore {
    records: Arc<dyn Records>,
}

/// What one transaction changes: all or nothing.
#[derive(Debug, Default)]
pub struct Changes {
    /// Certificates, each at the version that it was loaded at (0: it is new).
    pub certificates: Vec<Stored<Certificate>>,
    /// Invitations, likewise; one that was never stored takes the place of any that is.
    pub invitation: Option<Stored<Invitation>>,
    /// What is told of it.
    pub facts: Vec<Fact>,
}

impl CertificateStore {
    /// Over the records of one tenant.
    pub fn new(records: Arc<dyn Records>) -> Self {
        Self { records }
    }

    /// One certificate.
    pub async fn get(&self, print: &str) -> Result<Option<Stored<Certificate>>, DeviceError> {
        let document = self.records.get(CERTIFICATES, print).await?;
        document.as_ref().map(read).transpose()
    }

    /// The certificates of a device, in no particular order; at most a thousand.
    pub async fn of(&self, device: &str) -> Result<Vec<Stored<Certificate>>, DeviceError> {
        let query = Query::all(1_000).with(Condition::AnyOf("device", vec![device.to_owned()]));
        let page = self.records.query(CERTIFICATES, query).await?;
        page.documents.iter().map(read).collect()
    }

    /// All that end at `since` or later; for filling the register at start.
    pub async fn valid_since(&self, since: Timestamp) -> Result<Vec<Certificate>, DeviceError> {
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let query = Query::all(1_000)
                .with(Condition::Between("until", Some(since.micros()), None))
                .after(after);
            let page = self.records.query(CERTIFICATES, query).await?;
            for document in &page.documents {
                all.push(read::<Certificate>(document)?.one);
            }
            match page.next {
                Some(next) => after = Some(next),
                None => return Ok(all),
            }
        }
    }

    /// The invitation of a device.
    pub async fn invitation(&self, device: &str) -> Result<Option<Stored<Invitation>>, DeviceError> {
        let document = self.records.get(INVITATIONS, device).await?;
        document.as_ref().map(read).transpose()
    }

    /// Writes changes together.
    pub async fn save(&self, changes: Changes) -> Result<(), DeviceError> {
        let mut puts = Vec::new();
        for Stored { one, version } in &changes.certificates {
            puts.push(Change::Put {
                collection: CERTIFICATES,
                key: one.print.clone(),
                expect: match version {
                    0 => Expect::Absent,
                    version => Expect::Version(*version),
                },
                body: write(one)?,
                indexes: indexes(one),
            });
        }
        if let Some(Stored { one, version }) = &changes.invitation {
            puts.push(Change::Put {
                collection: INVITATIONS,
                key: key_of(one),
                expect: match version {
                    0 => Expect::Any,
                    version => Expect::Version(*version),
                },
                body: write(one)?,
                indexes: Vec::new(),
            });
        }
        let told: Vec<String> = changes.facts.iter().map(|fact| fact.kind.clone()).collect();
        let transaction = Transaction {
            changes: puts,
            facts: changes.facts,
            cursor: None,
        };
        self.records.commit(transaction).await?;
        for kind in told.iter().filter_map(|kind| Happened::parse(kind)) {
            metrics::counter!("hanoi_ioc_device_certificate_facts_total", "type" => kind.fact_type()).increment(1);
        }
        Ok(())
    }
}
