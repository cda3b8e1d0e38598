//! Another data key: everything stays readable at every step, a kill costs nothing, and the old key is gone at the end.

#![allow(clippy::unwrap_used, clippy::panic)]

use crate::ground::{CHEAP, PASSPHRASE, fresh, proof};
use embedded::disk::SimDisk;
use embedded::objects::EmbeddedObjects;
use embedded::records::{EmbeddedRecords, RecordsOptions};
use ports::conformance::records::{THINGS, changes, fact, put_indexed};
use ports::query::{Condition, IndexValue, Order, Query};
use ports::records::{Change, Expect, Transaction};
use rand::Rng;
use sealed::error::SealError;
use sealed::tenant::SealedTenant;
use std::path::Path;
use std::sync::Arc;
use testkit::clock::VirtualClock;
use testkit::faulty_records::{FaultyRecords, RecordsFaults};
use testkit::seed;

const ROWS: usize = 120;

fn row(number: usize, expect: Expect) -> Change {
    let indexes = vec![
        ("area", IndexValue::Equal(format!("{}", number % 3))),
        ("at", IndexValue::Range(number as i64)),
    ];
    put_indexed(
        THINGS,
        &format!("k{number:03}"),
        expect,
        format!("body {number}").as_bytes(),
        indexes,
    )
}

async fn fill(tenant: &SealedTenant) {
    let rows = (0..ROWS).map(|number| row(number, Expect::Absent)).collect();
    tenant.records.commit(changes(rows)).await.unwrap();
}

/// All documents, by each way of asking.
async fn whole(tenant: &SealedTenant, when: &str) {
    let count = async |query: Query| tenant.records.count(THINGS, query).await.unwrap();
    assert_eq!(count(Query::all(1)).await, ROWS as u64, "{when}");
    assert_eq!(
        count(Query::all(1).with(Condition::any_of("area", [1]))).await,
        ROWS as u64 / 3,
        "{when}"
    );
    let page = tenant
        .records
        .query(THINGS, Query::all(1_000).by(Order::Ascending("at")))
        .await
        .unwrap();
    for (number, document) in page.documents.iter().enumerate() {
        assert_eq!(document.body, format!("body {number}").as_bytes(), "{when}");
    }
    assert_eq!(page.documents.len(), ROWS, "{when}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_is_there_at_every_step_and_the_old_key_is_gone_at_the_end() {
    let (directory, clock) = (tempfile::tempdir().unwrap(), VirtualClock::default());
    let (below, tenant, _) = fresh(directory.path(), &clock).await;
    fill(&tenant).await;
    let told = Transaction {
        facts: vec![fact("a.made.v1", "1")],
        cursor: Some(("slow".to_owned(), 0)),
        ..Transaction::default()
    };
    tenant.records.commit(told).await.unwrap();
    for number in 0..25 {
        tenant
            .objects
            .put_if_absent(&format!("o/{number}"), format!("object {number}").into())
            .await
            .unwrap();
    }
    tenant.objects.replace("o/_last", "hint".into()).await.unwrap();
    let mut rotation = tenant.rotation().await.unwrap();
    assert_eq!(tenant.vault.state().await.unwrap().versions, [1, 2]);
    // somebody writes while it runs; what is new is under the new key at once
    tenant
        .records
        .commit(changes(vec![row(5, Expect::Any), row(110, Expect::Any)]))
        .await
        .unwrap();
    assert!(
        !tenant.objects.put_if_absent("o/3", "other".into()).await.unwrap(),
        "a name stays taken"
    );
    let progress = loop {
        let progress = rotation.step().await.unwrap();
        whole(&tenant, &format!("{progress:?}")).await;
        for number in 0..25 {
            let content = tenant.objects.get(&format!("o/{number}")).await.unwrap().unwrap();
            assert_eq!(content, format!("object {number}"));
        }
        if progress.waits_for_journal || progress.done {
            break progress;
        }
    };
    assert!(
        progress.waits_for_journal && !progress.done,
        "a consumer has not read the old fact: {progress:?}"
    );
    assert_eq!(tenant.journal.read(0, &[], 9).await.unwrap()[0].fact.subject, "1");
    let read = Transaction {
        cursor: Some(("slow".to_owned(), 1)),
        ..Transaction::default()
    };
    tenant.records.commit(read).await.unwrap();
    assert!(rotation.run().await.unwrap().done);
    let state = tenant.vault.state().await.unwrap();
    assert_eq!((state.versions, state.rotating_since), (vec![2], None));
    assert!(below.objects.list("v1/").await.unwrap().is_empty());
    tenant.vault.lock().await;
    tenant.vault.unlock(proof(PASSPHRASE)).await.unwrap();
    whole(&tenant, "after it").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rotation_that_was_killed_at_any_commit_goes_on() {
    for seed in seed::seeds(12) {
        let (directory, clock) = (tempfile::tempdir().unwrap(), VirtualClock::default());
        let path = directory.path().join("records.sqlite");
        let records = EmbeddedRecords::open(&path, RecordsOptions::default()).unwrap();
        let objects = EmbeddedObjects::open(Arc::new(SimDisk::new(seed)), Path::new("/objects")).unwrap();
        let start = |faults: RecordsFaults| {
            let faulty = FaultyRecords::new(Arc::new(records.clone()), seed, faults);
            let (journal, objects) = (Arc::new(records.clone()), Arc::new(objects.clone()));
            SealedTenant::new("party", Arc::new(faulty), journal, objects, Arc::new(clock.clone()))
        };
        let tenant = start(RecordsFaults::default());
        tenant.vault.create(PASSPHRASE, CHEAP).await.unwrap();
        tenant.vault.unlock(proof(PASSPHRASE)).await.unwrap();
        fill(&tenant).await;
        let (mut done, mut starts) = (false, 0);
        while !done {
            starts += 1;
            // refused and lost answers, anew at each start; from the third start on everything goes well
            let often = if starts < 3 { 0.3 } else { 0.0 };
            let faults = RecordsFaults {
                commit_error: often,
                lost_answer: often,
                ..RecordsFaults::default()
            };
            let tenant = start(faults);
            if tenant.vault.unlock(proof(PASSPHRASE)).await.is_err() {
                continue;
            }
            // again in the same program: the answer to a beginning may have been lost, and somebody writes meanwhile
            for _ in 0..3 {
                let mut told = changes(vec![row(7, Expect::Any)]);
                told.facts = vec![fact("a.made.v1", &format!("{starts}"))];
                let _ = tenant.records.commit(told).await;
                if let Ok(mut rotation) = tenant.rotation().await {
                    let second = tenant.rotation().await.err();
                    assert_eq!(second, Some(SealError::Rotating), "one at a time");
                    done = rotation.run().await.is_ok_and(|progress| progress.done);
                }
                if done {
                    break;
                }
            }
            drop(tenant);
            let after = start(RecordsFaults::default());
            after.vault.unlock(proof(PASSPHRASE)).await.unwrap();
            let journal = after.journal.read(0, &[], 1_000).await;
            assert!(
                journal.is_ok(),
                "seed {seed}, start {starts}: every fact that is kept opens: {journal:?}"
            );
            whole(&after, &format!("seed {seed}, start {starts}")).await;
        }
        let tenant = start(RecordsFaults::default());
        assert_eq!(tenant.vault.state().await.unwrap().versions.len(), 1, "seed {seed}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_power_cut_while_objects_are_sealed_anew_loses_none() {
    for seed in seed::seeds(30) {
        let mut random = seed::rng_of(seed);
        let (directory, clock, disk) = (
            tempfile::tempdir().unwrap(),
            VirtualClock::default(),
            SimDisk::new(seed),
        );
        let records =
            EmbeddedRecords::open(directory.path().join("records.sqlite"), RecordsOptions::default()).unwrap();
        let start = |objects: EmbeddedObjects| {
            let journal = Arc::new(records.clone());
            SealedTenant::new(
                "party",
                Arc::new(records.clone()),
                journal,
                Arc::new(objects),
                Arc::new(clock.clone()),
            )
        };
        let open = || EmbeddedObjects::open(Arc::new(disk.clone()), Path::new("/objects"));
        let tenant = start(open().unwrap());
        tenant.vault.create(PASSPHRASE, CHEAP).await.unwrap();
        tenant.vault.unlock(proof(PASSPHRASE)).await.unwrap();
        for number in 0..8_u8 {
            let content = vec![number; 70_000 * usize::from(number % 3)];
            assert!(
                tenant
                    .objects
                    .put_if_absent(&format!("o/{number}"), content.into())
                    .await
                    .unwrap()
            );
        }
        for round in 0..3 {
            disk.switch_off_after(random.random_range(1..60));
            if let Ok(objects) = open() {
                let tenant = start(objects);
                tenant.vault.unlock(proof(PASSPHRASE)).await.unwrap();
                if let Ok(mut rotation) = tenant.rotation().await {
                    let _ = rotation.run().await;
                }
            }
            disk.power_cut(random.random());
            let tenant = start(open().unwrap());
            tenant.vault.unlock(proof(PASSPHRASE)).await.unwrap();
            for number in 0..8_u8 {
                let content = tenant.objects.get(&format!("o/{number}")).await.unwrap().unwrap();
                assert_eq!(
                    content,
                    vec![number; 70_000 * usize::from(number % 3)],
                    "seed {seed}, round {round}"
                );
            }
        }
    }
}
