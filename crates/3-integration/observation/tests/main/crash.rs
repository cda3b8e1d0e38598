//! What survives a restart, a full disk and a forgetful memory.

use crate::ground::{City, keyed, payload};
use observation::error::IntakeFailure;
use observation::seen::RING;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use testkit::faulty_log::{FaultyLog, LogFaults};

#[tokio::test]
async fn after_a_restart_everything_is_known_with_and_without_a_snapshot() {
    for with_snapshot in [false, true] {
        let dir = tempfile::tempdir().unwrap();
        let city = City::open(dir.path()).await;
        city.road
            .accept(&keyed(
                payload("g1", &[("", "depth", 0, 0.1), ("", "depth", 1, 0.2)]),
                "k",
                1,
            ))
            .await
            .unwrap();
        if with_snapshot {
            city.snapshot().await;
        }
        city.road
            .accept(&payload("g1", &[("", "depth", 2, 0.3)]))
            .await
            .unwrap();
        drop_without_snapshot(city).await;

        let city = City::open(dir.path()).await;
        assert_eq!(city.recovered.from_snapshot, with_snapshot);
        assert_eq!(city.recovered.rows, if with_snapshot { 1 } else { 3 });
        let again = city
            .road
            .accept(&payload("g1", &[("", "depth", 1, 0.2), ("", "depth", 2, 0.3)]))
            .await
            .unwrap();
        assert_eq!((again.accepted, again.duplicates), (0, 2));
        let keyed = city
            .road
            .accept(&keyed(payload("g1", &[("", "depth", 9, 0.1)]), "k", 1))
            .await
            .unwrap();
        assert!(keyed.repeated, "the key is known although the process is another");
        assert!(city.road.last_contact("g1").is_some());
        city.close().await;
    }
}

/// The end of a process writes a snapshot; a crash does not. So the snapshots of the end are taken away again.
async fn drop_without_snapshot(city: City) {
    let objects = Arc::clone(&city.engine.objects);
    let before = objects.list("snapshots/").await.unwrap();
    city.close().await;
    for name in objects.list("snapshots/").await.unwrap() {
        if !before.contains(&name) {
            objects.delete(&name).await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_damaged_snapshot_is_passed_over() {
    let dir = tempfile::tempdir().unwrap();
    let city = City::open(dir.path()).await;
    city.road
        .accept(&payload("g1", &[("", "depth", 0, 0.1)]))
        .await
        .unwrap();
    city.close().await;
    for entry in std::fs::read_dir(dir.path().join("objects/snapshots/observation")).unwrap() {
        let path = entry.unwrap().path();
        let mut bytes = std::fs::read(&path).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        std::fs::write(&path, bytes).unwrap();
    }
    let city = City::open(dir.path()).await;
    assert_eq!((city.recovered.from_snapshot, city.recovered.rows), (false, 1));
    city.close().await;
}

#[tokio::test]
async fn rows_that_memory_forgot_are_looked_up_in_the_log() {
    let dir = tempfile::tempdir().unwrap();
    let city = City::open(dir.path()).await;
    let count = RING as i64 * 3;
    for second in 0..count {
        city.road
            .accept(&payload("g1", &[("", "depth", second * 10, 0.1)]))
            .await
            .unwrap();
    }
    let old = payload(
        "g1",
        &[("", "depth", 0, 0.1), ("", "depth", 10, 0.7), ("", "depth", 5, 0.2)],
    );
    let receipt = city.road.accept(&old).await.unwrap();
    assert_eq!((receipt.duplicates, receipt.corrections, receipt.accepted), (1, 1, 2));
    let again = city
        .road
        .accept(&payload("g1", &[("", "depth", 5, 0.2), ("", "depth", 10, 0.7)]))
        .await
        .unwrap();
    assert_eq!(again.duplicates, 2);
    city.close().await;
}

#[tokio::test]
async fn a_full_disk_refuses_and_the_retry_is_stored_once() {
    let dir = tempfile::tempdir().unwrap();
    let mut faulty = None;
    let city = City::open_with(dir.path(), |log| {
        let log = Arc::new(FaultyLog::new(log, 1, LogFaults::default()));
        faulty = Some(Arc::clone(&log));
        log
    })
    .await;
    let faulty = faulty.unwrap();
    let row = || payload("g1", &[("", "depth", 1, 0.1)]);
    faulty.set_full(true);
    assert_eq!(city.road.accept(&row()).await, Err(IntakeFailure::Full));
    faulty.set_full(false);
    let receipt = loop {
        match city.road.accept(&row()).await {
            Ok(receipt) => break receipt,
            Err(failure) => assert_eq!(failure, IntakeFailure::Full),
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(
        (receipt.accepted, receipt.duplicates),
        (1, 0),
        "what was refused was never stored"
    );
    assert_eq!(city.stored().await.len(), 1);
    city.close().await;
}

/// Eight senders repeat each other's rows, new and old, while the disk is full at every eighth block; each retries until it
/// is told that its rows are stored.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_senders_and_a_disk_that_fills_store_each_row_once() {
    let dir = tempfile::tempdir().unwrap();
    let faults = LogFaults {
        append_full: 0.125,
        max_delay: Duration::from_millis(3),
        ..LogFaults::default()
    };
    let city = City::open_with(dir.path(), |log| Arc::new(FaultyLog::new(log, 1, faults))).await;
    let mut senders = tokio::task::JoinSet::new();
    for sender in 0..8_i64 {
        let road = city.road.clone();
        senders.spawn(async move {
            for step in 0..40_i64 {
                let from = (step * 7 + sender * 13) % 200;
                let rows: Vec<(&str, &str, i64, f64)> = (from..from + 25)
                    .map(|time| ("g1", "depth", time, 0.01 * time as f64))
                    .collect();
                while road.accept(&payload("gate", &rows)).await.is_err() {
                    tokio::time::sleep(Duration::from_millis(20)).await; // what a polite client does
                }
            }
        });
    }
    while let Some(done) = senders.join_next().await {
        done.unwrap();
    }
    let stored = city.stored().await;
    let times: std::collections::BTreeSet<i64> = stored.iter().map(|(_, time, _)| *time).collect();
    assert_eq!(stored.len(), times.len(), "a row was stored twice");
    assert_eq!(times.len(), 224, "times 0 to 223 were sent");
    city.close().await;
}

/// One act of a sender or of fate.
#[derive(Clone, Debug)]
enum Act {
    Send(Vec<(u8, i64, u8)>),
    Restart,
    Snapshot,
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let row = (0u8..3, 0i64..30, 0u8..3);
    let act = prop_oneof![
        8 => prop::collection::vec(row, 1..12).prop_map(Act::Send),
        1 => Just(Act::Restart),
        1 => Just(Act::Snapshot),
    ];
    prop::collection::vec(act, 1..20)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Whatever is sent in whatever order, with restarts between: the newest log row of each (series, time) is the last
    /// value sent, and no value is stored twice in a row.
    #[test]
    fn the_log_holds_each_row_once_and_the_last_word(acts in acts()) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let dir = tempfile::tempdir().unwrap();
            let mut city = City::open(dir.path()).await;
            let mut model: BTreeMap<(String, i64), f64> = BTreeMap::new();
            let mut changes = 0;
            for act in acts {
                match act {
                    Act::Restart => {
                        drop_without_snapshot(city).await;
                        city = City::open(dir.path()).await;
                    }
                    Act::Snapshot => city.snapshot().await,
                    Act::Send(rows) => {
                        let devices = ["g1", "g2", "gate"];
                        let rows: Vec<(&str, &str, i64, f64)> =
                            rows.iter().map(|(d, t, v)| (devices[usize::from(*d)], "depth", *t, f64::from(*v))).collect();
                        let mut expected = 0;
                        for (device, _, time, value) in &rows {
                            let before = model.insert(((*device).to_owned(), *time), *value);
                            expected += u32::from(before != Some(*value));
                        }
                        changes += expected;
                        let receipt = city.road.accept(&payload("gate", &rows)).await.unwrap();
                        prop_assert_eq!(receipt.accepted, expected);
                        prop_assert_eq!(receipt.accepted + receipt.duplicates, rows.len() as u32);
                    }
                }
            }
            let stored = city.stored().await;
            prop_assert_eq!(stored.len() as u32, changes);
            let mut last = BTreeMap::new();
            for (series, time, value) in stored {
                last.insert((series, time), value);
            }
            prop_assert_eq!(last.len(), model.len());
            city.close().await;
            Ok(())
        })?;
    }
}
