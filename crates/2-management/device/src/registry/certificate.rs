//! The certificates that open doors, in memory: looked at for each connection and each burst of packets.

use crate::model::certificate::{Certificate, Reason, Revoked};
use kernel::actor::ActorId;
use kernel::id::DeviceId;
use kernel::time::Timestamp;
use parking_lot::{Mutex, RwLock};
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::Notify;

#[derive(Debug, Default)]
struct Tables {
    by_print: FxHashMap<String, Arc<Certificate>>,
    by_device: FxHashMap<DeviceId, BTreeSet<String>>,
}

impl Tables {
    fn put(&mut self, certificate: Certificate) {
        let prints = self.by_device.entry(certificate.device.clone()).or_default();
        prints.insert(certificate.print.clone());
        self.by_print.insert(certificate.print.clone(), Arc::new(certificate));
    }
}

/// All certificates that have not ended; written by the service after the record is durable, except for those whose place is
/// taken: that counts at once and is written down a moment later.
#[derive(Debug, Default)]
pub struct CertificateTable {
    tables: RwLock<Tables>,
    /// Grows with each change.
    version: AtomicU64,
    /// Certificates whose place was taken, until that is written down. At most as many as there are.
    fresh: Mutex<BTreeSet<String>>,
    nudge: Arc<Notify>,
}

impl CertificateTable {
    /// A certificate by its fingerprint.
    pub fn find(&self, print: &str) -> Option<Arc<Certificate>> {
        self.tables.read().by_print.get(print).cloned()
    }

    /// The certificates of a device.
    pub fn of(&self, device: &str) -> Vec<Arc<Certificate>> {
        let tables = self.tables.read();
        let prints = tables.by_device.get(device).into_iter().flatten();
        prints.filter_map(|print| tables.by_print.get(print)).cloned().collect()
    }

    /// All for which something holds.
    pub fn filtered(&self, keep: impl Fn(&Certificate) -> bool) -> Vec<Arc<Certificate>> {
        let tables = self.tables.read();
        let all = tables.by_print.values().filter(|certificate| keep(certificate));
        all.cloned().collect()
    }

    /// Number of certificates.
    pub fn len(&self) -> usize {
        self.tables.read().by_print.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Grows with each change.
    pub fn version(&self) -> u64 {
        self.version.load(Ordering::Acquire)
    }

    /// Takes the newest form of a certificate; says whether one that counted does not count any more.
    pub(crate) fn put(&self, certificate: Certificate) -> bool {
        let mut tables = self.tables.write();
        let before = tables.by_print.get(&certificate.print);
        let withdrawn = certificate.revoked.is_some() && before.is_some_and(|before| before.revoked.is_none());
        tables.put(certificate);
        self.version.fetch_add(1, Ordering::AcqRel);
        withdrawn
    }

    /// Notes that a certificate was shown at a door. The one whose place it takes does not count from now on; `true` when there
    /// was such a one.
    pub(crate) fn show(&self, shown: &Certificate, now: Timestamp) -> bool {
        let Some(before) = shown.replaces.as_deref().and_then(|before| self.find(before)) else {
            return false;
        };
        if before.revoked.is_some() {
            return false;
        }
        self.put(Certificate {
            revoked: Some(superseded_by(shown, now)),
            ..Certificate::clone(&before)
        });
        self.fresh.lock().insert(before.print.clone());
        self.nudge.notify_one();
        true
    }

    /// Takes what lost its place and is not written down yet.
    pub(crate) fn fresh(&self) -> BTreeSet<String> {
        std::mem::take(&mut *self.fresh.lock())
    }

    /// For a turn that failed.
    pub(crate) fn put_back(&self, prints: BTreeSet<String>) {
        self.fresh.lock().extend(prints);
    }

    /// Told when a certificate lost its place.
    pub fn nudge(&self) -> Arc<Notify> {
        Arc::clone(&self.nudge)
    }

    /// Forgets what ended before an instant.
    pub(crate) fn forget(&self, before: Timestamp) {
        let mut tables = self.tables.write();
        let Tables { by_print, by_device } = &mut *tables;
        by_print.retain(|_, certificate| certificate.not_after >= before);
        by_device.retain(|_, prints| {
            prints.retain(|print| by_print.contains_key(print));
            !prints.is_empty()
        });
    }
}

/// That another certificate took its place.
pub(crate) fn superseded_by(shown: &Certificate, now: Timestamp) -> Revoked {
    Revoked {
        at: now,
        by: ActorId::Device(shown.device.clone()),
        reason: Reason::Superseded,
    }
}
