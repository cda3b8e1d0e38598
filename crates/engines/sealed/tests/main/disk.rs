//! What somebody finds who has the disk or a backup: nothing of what was written, and nothing that can be moved.

#![allow(clippy::unwrap_used, clippy::panic)]

use crate::ground::{PASSPHRASE, engine, fresh, over, proof};
use kernel::time::Timestamp;
use ports::conformance::records::{THINGS, fact, put_indexed};
use ports::error::PortError;
use ports::query::{Condition, IndexValue, Order, Query};
use ports::records::{Change, Collection, Expect, Transaction};
use std::collections::HashSet;
use std::path::Path;
use testkit::clock::VirtualClock;

const CANARIES: usize = 1_000;

/// 24 letters that come by chance nowhere.
fn canary(number: usize) -> String {
    let mut state = (number as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let letters = (0..24).map(|_| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        char::from(b'a' + u8::try_from((state >> 33) % 26).unwrap())
    });
    letters.collect()
}

/// How many of all canaries lie in the files of a folder, in whatever file.
fn found(dir: &Path, canaries: &HashSet<Vec<u8>>) -> usize {
    let mut seen = HashSet::new();
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let bytes = std::fs::read(path).unwrap();
            seen.extend(
                bytes
                    .windows(24)
                    .filter(|window| canaries.contains(*window))
                    .map(<[u8]>::to_vec),
            );
        }
    }
    seen.len()
}

fn transaction(number: usize) -> Transaction {
    let value = canary(number);
    let indexes = vec![
        ("area", IndexValue::Equal(value.clone())),
        ("title", IndexValue::Text(format!("Hồ sơ {value}"))),
        ("at", IndexValue::Range(number as i64)),
    ];
    let mut told = fact("thing.made.v1", &value);
    told.data = serde_json::json!({ "text": value });
    Transaction {
        changes: vec![put_indexed(
            THINGS,
            &format!("k{number}"),
            Expect::Absent,
            value.as_bytes(),
            indexes,
        )],
        facts: vec![told],
        cursor: None,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn neither_disk_nor_backup_say_anything() {
    let canaries: HashSet<Vec<u8>> = (0..CANARIES).map(|number| canary(number).into_bytes()).collect();
    assert_eq!(canaries.len(), CANARIES);
    let (directory, clock) = (tempfile::tempdir().unwrap(), VirtualClock::default());
    let (open, backup) = (directory.path().join("open"), directory.path().join("backup"));
    let plain = engine(&open);
    plain.records.commit(transaction(0)).await.unwrap();
    plain.objects.put_if_absent("a", canary(1).into()).await.unwrap();
    assert_eq!(found(&open, &canaries), 2, "the search finds what is not sealed");

    let dir = directory.path().join("party");
    let (below, tenant, _) = fresh(&dir, &clock).await;
    let mut all = Transaction::default();
    for number in 0..CANARIES {
        let Transaction { changes, facts, .. } = transaction(number);
        all.changes.extend(changes);
        all.facts.extend(facts);
    }
    tenant.records.commit(all).await.unwrap();
    for number in 0..20 {
        let content = (number..CANARIES).map(canary).collect::<String>();
        tenant
            .objects
            .put_if_absent(&format!("o/{number}"), content.into())
            .await
            .unwrap();
    }
    let question = Query::all(1).with(Condition::any_of("area", [canary(7)]));
    assert_eq!(
        tenant.records.query(THINGS, question.clone()).await.unwrap().documents[0].body,
        canary(7).as_bytes()
    );
    assert_eq!(found(&dir, &canaries), 0);
    below
        .backup("party", Timestamp::from_seconds(1), &backup)
        .await
        .unwrap();
    assert_eq!(found(&backup, &canaries), 0);
    drop((below, tenant));
    assert_eq!(found(&dir, &canaries), 0, "closed");

    // restored it is as sealed as before, and opens for its holder
    let restored = directory.path().join("restored");
    embedded::backup::restore(&backup, &restored, 0).await.unwrap();
    assert_eq!(found(&restored, &canaries), 0);
    let below = engine(&restored);
    let tenant = over(&below, &clock);
    assert!(tenant.records.query(THINGS, question.clone()).await.is_err());
    tenant.vault.unlock(proof(PASSPHRASE)).await.unwrap();
    assert_eq!(tenant.records.count(THINGS, question).await, Ok(1));
    assert_eq!(
        tenant.journal.read(0, &[], 10).await.unwrap()[3].fact.subject,
        canary(3)
    );
}

/// The rows as the engine below keeps them.
const BELOW: Collection = Collection {
    name: "sealed_rows",
    indexes: &[],
};

#[tokio::test]
async fn what_was_moved_or_changed_is_found_out() {
    let (directory, clock) = (tempfile::tempdir().unwrap(), VirtualClock::default());
    let (below, tenant, _) = fresh(directory.path(), &clock).await;
    for number in 0..2 {
        tenant.records.commit(transaction(number)).await.unwrap();
        let name = format!("o/{number}");
        tenant
            .objects
            .put_if_absent(&name, vec![number as u8; 200_000].into())
            .await
            .unwrap();
    }
    let row = async |key: &str| below.records.get(BELOW, key).await.unwrap().unwrap().body;
    let put = async |key: &str, body: Vec<u8>| {
        let (collection, key, expect, indexes) = (BELOW, key.to_owned(), Expect::Any, Vec::new());
        let changes = vec![Change::Put {
            collection,
            key,
            expect,
            body,
            indexes,
        }];
        below
            .records
            .commit(Transaction {
                changes,
                ..Transaction::default()
            })
            .await
            .unwrap();
    };
    let (first, second) = (row("things/k0").await, row("things/k1").await);
    put("things/k0", second.clone()).await;
    put("others/k1", second).await;
    let others = Collection {
        name: "others",
        ..THINGS
    };
    for (collection, key) in [(THINGS, "k0"), (others, "k1")] {
        let answer = tenant.records.get(collection, key).await;
        assert!(matches!(answer, Err(PortError::Corrupt(_))), "{key}: {answer:?}");
    }
    let answer = tenant
        .records
        .query(THINGS, Query::all(9).by(Order::Ascending("at")))
        .await;
    assert!(matches!(answer, Err(PortError::Corrupt(_))), "{answer:?}");
    put("things/k0", first).await;
    assert!(tenant.records.get(THINGS, "k0").await.unwrap().is_some());

    let one = below.objects.get("v1/o/0").await.unwrap().unwrap();
    below.objects.put_if_absent("v1/o/moved", one.clone()).await.unwrap();
    below
        .objects
        .put_if_absent("v1/o/cut", one.slice(..one.len() - 100))
        .await
        .unwrap();
    let mut bent = one.to_vec();
    bent[100_000] ^= 1;
    below.objects.put_if_absent("v1/o/bent", bent.into()).await.unwrap();
    for name in ["o/moved", "o/cut", "o/bent"] {
        let answer = tenant.objects.get(name).await;
        assert!(matches!(answer, Err(PortError::Corrupt(_))), "{name}: {answer:?}");
    }
    assert_eq!(
        tenant
            .objects
            .get_range("o/1", 131_000..131_200)
            .await
            .unwrap()
            .unwrap(),
        vec![1; 200]
    );
}
