//! Who opens a tenant, what a locked one answers, and what wrong attempts cost.

#![allow(clippy::unwrap_used, clippy::panic)]

use crate::ground::{CHEAP, PASSPHRASE, engine, fresh, over, proof};
use bytes::Bytes;
use ports::conformance::records::{THINGS, changes, fact, put};
use ports::query::Query;
use ports::records::{Expect, Transaction};
use sealed::error::{SealError, locked};
use sealed::passphrase::Proof;
use std::time::Duration;
use testkit::clock::VirtualClock;
use zeroize::Zeroizing;

#[tokio::test]
async fn a_locked_tenant_answers_one_error_to_everything() {
    let (directory, clock) = (tempfile::tempdir().unwrap(), VirtualClock::default());
    let (below, tenant, _) = fresh(directory.path(), &clock).await;
    tenant
        .records
        .commit(changes(vec![put("a", Expect::Absent, b"1")]))
        .await
        .unwrap();
    tenant
        .objects
        .put_if_absent("a", Bytes::from_static(b"1"))
        .await
        .unwrap();
    let before = *below.journal.head().borrow();
    tenant.vault.lock().await;
    let refused = locked("party");
    assert_eq!(
        refused.to_string(),
        "storage does not answer: tenant party is locked; its holder opens it with `hanoi-ioc tenant unlock party`"
    );
    let told = Transaction {
        facts: vec![fact("a.made.v1", "1")],
        ..Transaction::default()
    };
    let (records, objects, journal) = (&tenant.records, &tenant.objects, &tenant.journal);
    let answers = [
        records.get(THINGS, "a").await.map(drop),
        records.get(THINGS, "absent").await.map(drop),
        records.query(THINGS, Query::all(1)).await.map(drop),
        records.count(THINGS, Query::all(1)).await.map(drop),
        records
            .commit(changes(vec![put("b", Expect::Any, b"1")]))
            .await
            .map(drop),
        records.commit(told).await.map(drop),
        records.commit(Transaction::default()).await.map(drop),
        objects.put_if_absent("b", Bytes::new()).await.map(drop),
        objects.replace("_last", Bytes::new()).await,
        objects.size("a").await.map(drop),
        objects.get("a").await.map(drop),
        objects.get_range("a", 0..1).await.map(drop),
        objects.list("").await.map(drop),
        objects.delete("a").await,
        journal.read(0, &[], 1).await.map(drop),
        journal.oldest().await.map(drop),
        journal.cursor("a").await.map(drop),
        journal.forget(1).await.map(drop),
    ];
    for (number, answer) in answers.into_iter().enumerate() {
        assert_eq!(answer, Err(refused.clone()), "call {number}");
    }
    assert!(matches!(tenant.rotation().await, Err(SealError::Port(error)) if error == refused));
    assert_eq!(*below.journal.head().borrow(), before, "nothing came through");
    tenant.vault.unlock(proof(PASSPHRASE)).await.unwrap();
    assert_eq!(records.get(THINGS, "b").await, Ok(None));
    assert_eq!(objects.list("").await.unwrap(), ["a"]);
}

#[tokio::test]
async fn passphrase_and_recovery_key_open_it_and_nothing_else() {
    let (directory, clock) = (tempfile::tempdir().unwrap(), VirtualClock::default());
    let (_below, tenant, recovery) = fresh(directory.path(), &clock).await;
    tenant
        .records
        .commit(changes(vec![put("a", Expect::Absent, b"1")]))
        .await
        .unwrap();
    assert_eq!(
        tenant.vault.create(PASSPHRASE, CHEAP).await.map(drop),
        Err(SealError::Exists)
    );
    assert_eq!(
        tenant
            .vault
            .change_passphrase(proof(PASSPHRASE), "quá ngắn", CHEAP)
            .await,
        Err(SealError::Passphrase(8))
    );
    let next = "hoa sữa đường Nguyễn Du";
    let wrong = tenant
        .vault
        .change_passphrase(proof("không phải câu này"), next, CHEAP)
        .await;
    assert!(matches!(wrong, Err(SealError::Wrong { failures: 1, .. })), "{wrong:?}");
    tenant
        .vault
        .change_passphrase(proof(PASSPHRASE), next, CHEAP)
        .await
        .unwrap();
    tenant.vault.lock().await;
    assert!(
        matches!(
            tenant.vault.unlock(proof(PASSPHRASE)).await,
            Err(SealError::Wrong { .. })
        ),
        "the old one"
    );
    tenant.vault.unlock(proof(next)).await.unwrap();
    tenant.vault.lock().await;
    tenant.vault.unlock(Proof::Recovery(recovery.clone())).await.unwrap();
    assert_eq!(tenant.records.get(THINGS, "a").await.unwrap().unwrap().body, b"1");
    // who lost the passphrase sets another one with the recovery key
    tenant
        .vault
        .change_passphrase(Proof::Recovery(recovery), PASSPHRASE, CHEAP)
        .await
        .unwrap();
    tenant.vault.unlock(proof(PASSPHRASE)).await.unwrap();
}

#[tokio::test]
async fn wrong_attempts_are_counted_through_a_restart_and_slowed() {
    let (directory, clock) = (tempfile::tempdir().unwrap(), VirtualClock::default());
    let (below, tenant, _) = fresh(directory.path(), &clock).await;
    tenant.vault.lock().await;
    let mut waits = Vec::new();
    for _ in 0..4 {
        let Err(SealError::Wrong { wait_s, .. }) = tenant.vault.unlock(proof("không phải câu này")).await else {
            panic!("a wrong passphrase is told");
        };
        waits.push(wait_s);
        clock.advance(Duration::from_secs(u64::from(wait_s)));
    }
    assert_eq!(waits, [0, 0, 2, 4]);
    let last = tenant.vault.unlock(proof("không phải câu này")).await;
    assert_eq!(last, Err(SealError::Wrong { failures: 5, wait_s: 8 }));
    drop((below, tenant));
    let below = engine(directory.path());
    let tenant = over(&below, &clock);
    // too early: not even the right one is looked at, and the attempt does not count
    clock.advance(Duration::from_secs(5));
    assert_eq!(
        tenant.vault.unlock(proof(PASSPHRASE)).await,
        Err(SealError::TooEarly { wait_s: 3 })
    );
    assert_eq!(tenant.vault.state().await.unwrap().failures, 5);
    clock.advance(Duration::from_secs(3));
    tenant
        .vault
        .unlock(Proof::Recovery(Zeroizing::new("not a key".to_owned())))
        .await
        .unwrap_err();
    clock.advance(Duration::from_secs(16));
    tenant.vault.unlock(proof(PASSPHRASE)).await.unwrap();
    let state = tenant.vault.state().await.unwrap();
    assert_eq!((state.failures, state.not_before, state.unlocked), (0, None, true));
}
