//! A sealed tenant on a real directory, with cheap keys.

#![allow(clippy::unwrap_used)]

use embedded::tenant::{EmbeddedTenant, TenantOptions};
use sealed::passphrase::{Cost, Proof};
use sealed::tenant::SealedTenant;
use std::path::Path;
use std::sync::Arc;
use testkit::clock::VirtualClock;
use zeroize::Zeroizing;

/// What attempts cost here.
pub(crate) const CHEAP: Cost = Cost {
    memory_kib: 8,
    passes: 1,
    lanes: 1,
};
/// The passphrase of every test.
pub(crate) const PASSPHRASE: &str = "sen hồ Tây nở tháng sáu";

pub(crate) fn proof(text: &str) -> Proof {
    Proof::Passphrase(Zeroizing::new(text.to_owned()))
}

/// The engine below; it holds the lock of its directory.
pub(crate) fn engine(dir: &Path) -> EmbeddedTenant {
    let mut options = TenantOptions {
        reserve_bytes: 4_096,
        ..TenantOptions::default()
    };
    (options.log.max_bytes, options.audit.max_bytes) = (64 << 20, 64 << 20);
    EmbeddedTenant::open(dir, options).unwrap()
}

/// The sealed ports over an engine, locked.
pub(crate) fn over(engine: &EmbeddedTenant, clock: &VirtualClock) -> SealedTenant {
    let (records, journal) = (Arc::clone(&engine.records), Arc::clone(&engine.journal));
    let objects = Arc::clone(&engine.objects);
    SealedTenant::new("party", records, journal, objects, Arc::new(clock.clone()))
}

/// A new tenant, unlocked, with its recovery key.
pub(crate) async fn fresh(dir: &Path, clock: &VirtualClock) -> (EmbeddedTenant, SealedTenant, Zeroizing<String>) {
    let engine = engine(dir);
    let tenant = over(&engine, clock);
    let recovery = tenant.vault.create(PASSPHRASE, CHEAP).await.unwrap();
    tenant.vault.unlock(proof(PASSPHRASE)).await.unwrap();
    (engine, tenant, recovery)
}
