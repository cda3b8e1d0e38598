//! Crashes between any two steps: whatever is lost, the same incidents follow, each once, with the same numbers.

use crate::stage::{Stage, call, elsewhere, officer, signal};
use chassis::consumer::React;
use incident::record::Stored;
use incident::service::open::{Key, Request};
use kernel::id::derived;
use kernel::signal::{Change, Signal};
use ports::journal::Journal;
use ports::records::Records;
use std::sync::Arc;
use testkit::fault::CrashPoint;
use testkit::faulty_records::{FaultyRecords, RecordsFaults};

/// A story in batches: two wards, joining, growing, an end, a new beginning.
fn batches() -> Vec<Vec<Signal>> {
    let far = |signal| elsewhere(signal, "00118");
    vec![
        vec![signal("g1", Change::Raised, 4, 0), signal("g2", Change::Raised, 2, 1)],
        vec![
            far(signal("g3", Change::Raised, 5, 10)),
            signal("g1", Change::Raised, 5, 11),
        ],
        vec![
            signal("g1", Change::Cleared, 5, 20),
            signal("g2", Change::Cleared, 2, 21),
        ],
        vec![
            far(signal("g4", Change::Raised, 4, 30)),
            signal("g2", Change::Raised, 4, 31),
        ],
        vec![
            far(signal("g3", Change::Cleared, 5, 40)),
            far(signal("g4", Change::Cleared, 4, 41)),
        ],
    ]
}

/// Lets a consumer work in small bites, as far as it comes; true when everything is worked off.
async fn work(stage: &Stage, watch: &dyn React) -> bool {
    loop {
        let cursor = stage.engine.cursor(watch.name()).await.unwrap();
        let entries = Journal::read(&stage.engine, cursor, watch.kinds(), 2).await.unwrap();
        if entries.is_empty() {
            return true;
        }
        if watch.react(entries).await.is_err() {
            return false;
        }
    }
}

async fn published() -> Stage {
    let stage = Stage::new();
    for batch in batches() {
        stage.publish(&batch).await;
    }
    stage
}

async fn ends(stage: &Stage) -> (Vec<Stored>, Vec<(uuid::Uuid, String)>) {
    let entries = Journal::read(&stage.engine, 0, &["incident."], 1_000).await.unwrap();
    let facts = entries.into_iter().map(|entry| (entry.fact.id.0, entry.fact.kind));
    (stage.all().await, facts.collect())
}

#[tokio::test]
async fn a_crash_between_any_two_steps_changes_nothing() {
    let calm = published().await;
    assert!(work(&calm, &calm.watch).await);
    let expected = ends(&calm).await;
    assert_eq!((expected.0.len(), expected.1.len()), (2, 8), "{:?}", expected.1);
    let mut crashes = 0;
    for commit in 1.. {
        let mut crashed = false;
        for point in [CrashPoint::BeforeStoring, CrashPoint::BeforeAnswering] {
            let stage = published().await;
            let faults = RecordsFaults {
                crash: Some((commit, point)),
                ..RecordsFaults::default()
            };
            let records = FaultyRecords::new(Arc::new(stage.engine.clone()), commit, faults);
            let before = stage.watch_over(Arc::new(records.clone()));
            crashed = !work(&stage, &before).await;
            assert_eq!(crashed, records.has_crashed());
            // a restart: the same over what is stored
            assert!(work(&stage, &stage.watch).await);
            assert_eq!(ends(&stage).await, expected, "commit {commit}, {point:?}");
            crashes += u32::from(crashed);
        }
        if !crashed {
            break;
        }
    }
    assert!(crashes >= 10, "only {crashes} crashes were tried");
}

#[tokio::test]
async fn lost_answers_refusals_and_failing_reads_change_nothing_either() {
    let calm = published().await;
    assert!(work(&calm, &calm.watch).await);
    let expected = ends(&calm).await;
    for seed in 0..20 {
        let stage = published().await;
        let faults = RecordsFaults {
            commit_error: 0.2,
            commit_full: 0.1,
            lost_answer: 0.3,
            read_error: 0.1,
            ..RecordsFaults::default()
        };
        let records = FaultyRecords::new(Arc::new(stage.engine.clone()), seed, faults);
        let watch = stage.watch_over(Arc::new(records));
        while !work(&stage, &watch).await {}
        assert_eq!(ends(&stage).await, expected, "seed {seed}");
    }
}

#[tokio::test]
async fn who_asks_again_with_the_same_key_opens_once() {
    for seed in 0..20 {
        let stage = Stage::new();
        let faults = RecordsFaults {
            commit_error: 0.3,
            lost_answer: 0.5,
            ..RecordsFaults::default()
        };
        let records: Arc<dyn Records> = Arc::new(FaultyRecords::new(Arc::new(stage.engine.clone()), seed, faults));
        let incidents = stage.incidents_over(records);
        for round in 0..3_u8 {
            let request = Request {
                key: Some(Key {
                    key: format!("call-{round}"),
                    asked: derived(&[&[round]]),
                }),
                ..call()
            };
            let opened = loop {
                if let Ok(stored) = incidents.open(&officer(), request.clone()).await {
                    break stored;
                }
            };
            assert_eq!(opened.incident.number.serial, u32::from(round) + 1, "seed {seed}");
        }
        assert_eq!(
            (stage.all().await.len(), stage.told().await.len()),
            (3, 3),
            "seed {seed}"
        );
    }
}

#[tokio::test]
async fn many_at_once_get_numbers_without_gap_or_double() {
    let stage = Stage::new();
    stage.publish(&[signal("g1", Change::Raised, 4, 0)]).await;
    let tasks: Vec<_> = (0..24)
        .map(|_| {
            let incidents = stage.incidents.clone();
            tokio::spawn(async move {
                let mut call = call();
                call.kind = Some("fire".into());
                incidents.open(&officer(), call).await.unwrap().incident.number.serial
            })
        })
        .collect();
    stage.settle().await;
    let mut serials = Vec::new();
    for task in tasks {
        serials.push(task.await.unwrap());
    }
    stage.settle().await;
    let mut all: Vec<_> = stage
        .all()
        .await
        .iter()
        .map(|stored| stored.incident.number.serial)
        .collect();
    all.sort_unstable();
    assert_eq!(all, (1..=25).collect::<Vec<_>>());
    serials.sort_unstable();
    serials.dedup();
    assert_eq!(serials.len(), 24);
}
