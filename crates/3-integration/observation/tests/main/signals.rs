//! From a row over the limit to a fact in the journal, once, whatever happens between.

use crate::ground::{City, payload};
use kernel::fact::SIGNAL;
use kernel::signal::{Change, Signal};

async fn signals(city: &City, at_least: usize) -> Vec<Signal> {
    let mut head = city.engine.journal.head();
    loop {
        let entries = city.engine.journal.read(0, &[SIGNAL], 100).await.unwrap();
        if entries.len() >= at_least {
            return entries.iter().filter_map(|entry| entry.fact.signal()).collect();
        }
        head.changed().await.unwrap();
    }
}

#[tokio::test]
async fn a_row_over_the_limit_becomes_a_signal_and_a_row_below_clears_it() {
    let dir = tempfile::tempdir().unwrap();
    let city = City::open(dir.path()).await;
    city.road
        .accept(&payload("g1", &[("", "depth", 0, 0.1)]))
        .await
        .unwrap();
    city.road
        .accept(&payload("g1", &[("", "depth", 60, 1.5)]))
        .await
        .unwrap();
    city.road
        .accept(&payload("g1", &[("", "depth", 120, 0.1)]))
        .await
        .unwrap();
    let signals = signals(&city, 2).await;
    let changes: Vec<Change> = signals.iter().map(|signal| signal.change).collect();
    assert_eq!(changes, [Change::Raised, Change::Cleared]);
    assert_eq!(signals[0].group, "deep/urn:ngsi-ld:WaterObserved:hanoi:g1");
    assert_eq!(signals[0].params["value"], 1.5);
    city.close().await;
}

#[tokio::test]
async fn a_replay_after_a_crash_says_nothing_twice() {
    let dir = tempfile::tempdir().unwrap();
    let city = City::open(dir.path()).await;
    city.road
        .accept(&payload("g1", &[("", "depth", 0, 0.1)]))
        .await
        .unwrap();
    city.road
        .accept(&payload("g1", &[("", "depth", 60, 1.5)]))
        .await
        .unwrap();
    signals(&city, 1).await;
    let objects = city.engine.objects.clone();
    city.close().await;
    for name in objects.list("snapshots/").await.unwrap() {
        objects.delete(&name).await.unwrap();
    }
    let city = City::open(dir.path()).await;
    assert_eq!(city.recovered.rows, 2, "the whole log was judged again");
    city.road
        .accept(&payload("g1", &[("", "depth", 120, 0.1)]))
        .await
        .unwrap();
    let signals = signals(&city, 2).await;
    assert_eq!(signals.len(), 2, "raised once, cleared once");
    city.close().await;
}
