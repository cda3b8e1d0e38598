//! An unlocked tenant keeps every promise of the ports, with one version of its key and in the middle of a rotation.

#![allow(clippy::unwrap_used)]

use crate::ground::{CHEAP, PASSPHRASE, proof};
use embedded::disk::RealDisk;
use embedded::objects::EmbeddedObjects;
use embedded::records::{EmbeddedRecords, RecordsOptions};
use ports::conformance::records::Ports;
use ports::objects::Objects;
use sealed::tenant::SealedTenant;
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;
use testkit::clock::VirtualClock;

async fn open(directory: &Path, rotating: bool) -> SealedTenant {
    let records = EmbeddedRecords::open(directory.join("records.sqlite"), RecordsOptions::default()).unwrap();
    let objects = EmbeddedObjects::open(Arc::new(RealDisk), &directory.join("objects")).unwrap();
    let (journal, clock) = (Arc::new(records.clone()), Arc::new(VirtualClock::default()));
    let tenant = SealedTenant::new("party", Arc::new(records), journal, Arc::new(objects), clock);
    if tenant.vault.state().await.is_err() {
        tenant.vault.create(PASSPHRASE, CHEAP).await.unwrap();
    }
    tenant.vault.unlock(proof(PASSPHRASE)).await.unwrap();
    if rotating {
        // begun and left there: from now on two versions are in use
        drop(tenant.rotation().await.unwrap());
    }
    tenant
}

async fn fresh(directory: &TempDir, rotating: bool) -> Ports {
    let tenant = open(&tempfile::tempdir_in(directory).unwrap().keep(), rotating).await;
    (tenant.records, tenant.journal)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn documents_conform() {
    let directory = tempfile::tempdir().unwrap();
    ports::conformance::records::all(async || fresh(&directory, false).await).await;
    ports::conformance::records::all(async || fresh(&directory, true).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_journal_conforms() {
    let directory = tempfile::tempdir().unwrap();
    ports::conformance::journal::all(async || fresh(&directory, false).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn objects_conform() {
    for rotating in [false, true] {
        let directory = tempfile::tempdir().unwrap();
        ports::conformance::objects::all(async |name: &str| {
            let directory = directory.path().join(name);
            std::fs::create_dir_all(&directory).unwrap();
            open(&directory, rotating).await.objects as Arc<dyn Objects>
        })
        .await;
    }
}
