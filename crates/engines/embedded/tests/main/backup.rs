//! A tenant is copied while it works, the copy is proven, damaged, and brought back to life.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use bytes::Bytes;
use embedded::backup::{restore, verify};
use embedded::tenant::{EmbeddedTenant, TenantOptions};
use kernel::position::Position;
use kernel::time::Timestamp;
use ports::conformance::records::{THINGS, changes, fact, put};
use ports::error::PortError;
use ports::query::Query;
use ports::records::{Expect, Transaction};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

fn options() -> TenantOptions {
    let mut options = TenantOptions {
        reserve_bytes: 4_096,
        ..TenantOptions::default()
    };
    options.log.segment_bytes = 16 << 10;
    options.audit.segment_bytes = 16 << 10;
    options
}

fn open(dir: &Path) -> EmbeddedTenant {
    EmbeddedTenant::open(dir, options()).unwrap()
}

const CREATED: Timestamp = Timestamp::from_seconds(1_750_000_000);

/// Appends to the audit log and then stores a document that names the position, as consumers of a log do.
async fn work(tenant: &EmbeddedTenant, number: u64) {
    let position = tenant.audit.append(Bytes::from(vec![7; 900])).await.unwrap();
    let transaction = Transaction {
        changes: vec![put(
            &format!("{number:06}"),
            Expect::Absent,
            position.to_string().as_bytes(),
        )],
        facts: vec![fact("thing.made.v1", &number.to_string())],
        cursor: Some(("audit".to_owned(), number)),
    };
    tenant.records.commit(transaction).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_working_tenant_is_copied_and_comes_back() {
    let directory = tempfile::tempdir().unwrap();
    let (live, copy, back) = (
        directory.path().join("live"),
        directory.path().join("copy"),
        directory.path().join("back"),
    );
    let tenant = Arc::new(open(&live));
    tenant
        .objects
        .put_if_absent("photos/1.bin", Bytes::from_static(b"photo"))
        .await
        .unwrap();
    tenant
        .audit
        .pin("lake", Position { epoch: 0, sequence: 3 })
        .await
        .unwrap();
    for number in 0..60 {
        work(&tenant, number).await;
    }
    let stop = Arc::new(AtomicBool::new(false));
    let worker = tokio::spawn({
        let (tenant, stop) = (Arc::clone(&tenant), Arc::clone(&stop));
        async move {
            let mut number = 60;
            while !stop.load(Ordering::Relaxed) {
                work(&tenant, number).await;
                tenant
                    .audit
                    .release(Position {
                        epoch: 0,
                        sequence: number,
                    })
                    .await
                    .unwrap();
                number += 1;
            }
            number
        }
    });
    let manifest = tenant.backup("city", CREATED, &copy).await.unwrap();
    stop.store(true, Ordering::Relaxed);
    let made = worker.await.unwrap();
    assert_eq!(verify(&copy).unwrap(), manifest);
    assert_eq!((manifest.tenant.as_str(), manifest.created), ("city", CREATED));

    restore(&copy, &back, 4).await.unwrap();
    let restored = open(&back);
    let documents = restored.records.count(THINGS, Query::all(1)).await.unwrap();
    assert!((60..=made).contains(&documents));
    let page = restored.records.query(THINGS, Query::all(1_000)).await.unwrap();
    let head = *restored.audit.head().borrow();
    for document in page.documents {
        let named: Position = String::from_utf8(document.body).unwrap().parse().unwrap();
        assert!(
            named <= head && named <= manifest.logs["audit"].head,
            "{named} is in the copy, which ends at {head}"
        );
    }
    assert_eq!(
        restored.journal.read(0, &[], 10_000).await.unwrap().len() as u64,
        documents
    );
    assert_eq!(
        restored.objects.get("photos/1.bin").await,
        Ok(Some(Bytes::from_static(b"photo")))
    );
    assert_eq!(
        restored.audit.pins().await.unwrap(),
        [("lake".to_owned(), Position { epoch: 0, sequence: 3 })]
    );
    let frames = restored
        .audit
        .read(Position { epoch: 0, sequence: 3 }, usize::MAX)
        .await
        .unwrap();
    assert_eq!(frames[0].position.sequence, 4, "what was pinned is there");
    assert!(
        frames
            .windows(2)
            .all(|pair| pair[1].position == pair[0].position.next()),
        "without a hole"
    );
    let next = restored.audit.append(Bytes::from_static(b"new life")).await.unwrap();
    assert_eq!(
        next,
        Position { epoch: 5, sequence: 1 },
        "above every epoch that was named"
    );
    drop((restored, tenant));

    let error = restore(&copy, &back, 0).await.unwrap_err();
    assert!(
        matches!(&error, PortError::Misuse(text) if text.contains("not empty")),
        "{error}"
    );
}

#[tokio::test]
async fn every_damage_of_a_backup_is_found() {
    let directory = tempfile::tempdir().unwrap();
    let (live, copy) = (directory.path().join("live"), directory.path().join("copy"));
    let tenant = open(&live);
    tenant
        .records
        .commit(changes(vec![put("a", Expect::Absent, b"1")]))
        .await
        .unwrap();
    tenant
        .objects
        .put_if_absent("o/1", Bytes::from_static(b"object"))
        .await
        .unwrap();
    tenant.audit.append(Bytes::from_static(b"signed in")).await.unwrap();
    let manifest = tenant.backup("city", CREATED, &copy).await.unwrap();
    let error = tenant.backup("city", CREATED, &copy).await.unwrap_err();
    assert!(matches!(error, PortError::Misuse(_)), "{error}");
    let mut names: Vec<String> = manifest.files.keys().cloned().collect();
    assert!(names.len() >= 3, "{names:?}");
    names.extend(["manifest.json".to_owned(), "manifest.sha256".to_owned()]);
    for name in names {
        let path = copy.join(&name);
        let good = std::fs::read(&path).unwrap();
        for at in [0, good.len() / 2, good.len() - 1] {
            let mut bad = good.clone();
            bad[at] ^= 1;
            std::fs::write(&path, &bad).unwrap();
            refused(&copy, directory.path(), &format!("{name} at {at}")).await;
        }
        std::fs::write(&path, &good[..good.len() - 1]).unwrap();
        refused(&copy, directory.path(), &format!("{name} cut")).await;
        std::fs::remove_file(&path).unwrap();
        refused(&copy, directory.path(), &format!("{name} missing")).await;
        std::fs::write(&path, &good).unwrap();
    }
    std::fs::write(copy.join("audit/foreign"), "x").unwrap();
    refused(&copy, directory.path(), "a foreign file").await;
    std::fs::remove_file(copy.join("audit/foreign")).unwrap();
    verify(&copy).unwrap();
}

async fn refused(copy: &Path, directory: &Path, damage: &str) {
    let target = directory.join("target");
    let answer = restore(copy, &target, 0).await;
    assert!(matches!(answer, Err(PortError::Corrupt(_))), "{damage}: {answer:?}");
    assert!(!target.exists(), "{damage}: nothing is built from a damaged backup");
}
