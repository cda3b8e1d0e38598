//! The consumer on the real engine: one write per alert and batch, at least once without doubles, together with the cursor.

use crate::script::command;
use crate::signals::{area, second, signal, tenant};
use crate::stage::{Stage, officer};
use alert::decide::Deed;
use alert::decide::act::act;
use alert::fact::fact;
use alert::model::{Phase, Settings};
use alert::record::{ALERTS, indexes, write};
use chassis::consumer::React;
use kernel::fact::Fact;
use kernel::signal::Change;
use ports::journal::{Entry, Journal};
use ports::records::{Change as Write, Expect, Records, Transaction};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

#[tokio::test]
async fn a_thousand_signals_of_three_groups_are_three_writes_and_their_facts() {
    let stage = Stage::new();
    let signals: Vec<_> = (0..1_000)
        .map(|n| {
            signal(
                &format!("g{}", n % 3),
                &format!("gauge-{}", n % 30),
                Change::Raised,
                3,
                n / 100,
            )
        })
        .collect();
    stage.hear(&signals).await;
    let all = stage.all().await;
    assert_eq!(
        all.iter()
            .map(|stored| (stored.version, stored.alert.causes.len()))
            .collect::<Vec<_>>(),
        [(1, 10); 3]
    );
    assert_eq!(
        all.iter().map(|stored| stored.alert.signals).sum::<u64>(),
        300,
        "equal ids are one signal"
    );
    assert_eq!(stage.told().await, ["alert.raised.v1"; 3]);
}

#[tokio::test]
async fn a_batch_that_comes_again_changes_nothing() {
    let stage = Stage::new();
    stage
        .publish(&[
            signal("g", "a", Change::Raised, 3, 0),
            signal("g", "a", Change::Raised, 4, 5),
        ])
        .await;
    let entries = stage.waiting().await;
    stage.gathering.react(entries.clone()).await.unwrap();
    let (before, head) = (stage.all().await, *stage.engine.head().borrow());
    stage.gathering.react(entries).await.unwrap();
    assert_eq!(stage.all().await, before);
    assert_eq!(*stage.engine.head().borrow(), head);
    assert!(
        stage.waiting().await.is_empty(),
        "the cursor was committed with the effect"
    );
}

#[tokio::test]
async fn what_a_person_did_in_between_is_kept_and_decided_upon() {
    let stage = Stage::new();
    stage.hear(&[signal("g", "a", Change::Raised, 3, 0)]).await;
    // an acknowledgement that is committed between load and commit of the consumer
    let mut stored = stage.only().await;
    let deed = Deed {
        id: Uuid::now_v7(),
        at: second(1),
        by: officer().id,
    };
    let happened = act(
        &mut stored.alert,
        command("ack", 1).unwrap(),
        deed,
        &Settings::default(),
    )
    .unwrap();
    let put = Write::Put {
        collection: ALERTS,
        key: stored.alert.id.to_string(),
        expect: Expect::Version(stored.version),
        body: write(&stored.alert).unwrap(),
        indexes: indexes(&stored.alert),
    };
    let facts = vec![fact(happened, &stored.alert, 2, &tenant())];
    *stage.meddler.first.lock().unwrap() = Some(Transaction {
        changes: vec![put],
        facts,
        cursor: None,
    });
    stage.hear(&[signal("g", "a", Change::Raised, 5, 2)]).await;
    let end = stage.only().await;
    assert_eq!((end.version, end.alert.severity.level()), (3, 5));
    assert!(
        matches!(end.alert.phase, Phase::Raised),
        "graver than what was acknowledged"
    );
    assert_eq!(
        stage.told().await,
        ["alert.raised.v1", "alert.acknowledged.v1", "alert.escalated.v1"]
    );
}

#[tokio::test]
async fn facts_carry_the_alert_with_the_version_it_was_committed_under() {
    let stage = Stage::new();
    stage.hear(&[signal("g", "a", Change::Raised, 3, 0)]).await;
    stage
        .hear(&[
            signal("g", "a", Change::Raised, 4, 5),
            signal("g", "a", Change::Cleared, 4, 6),
        ])
        .await;
    let stored = stage.only().await;
    let entries = Journal::read(&stage.engine, 0, &["alert."], 10).await.unwrap();
    let seen: Vec<_> = entries
        .iter()
        .map(|Entry { fact, .. }| {
            (
                fact.data["state"].as_str().unwrap(),
                fact.data["version"].as_u64().unwrap(),
            )
        })
        .collect();
    assert_eq!(seen, [("raised", 1), ("raised", 2), ("cleared", 2)]);
    assert_eq!(stored.version, 2);
    assert!(
        entries
            .iter()
            .all(|Entry { fact, .. }| fact.subject == stored.alert.id.to_string())
    );
    assert!(entries.iter().all(|Entry { fact, .. }| fact.areas == [area("00070")]));
    let lines: Vec<_> = stored.alert.timeline.iter().map(|line| line.id).collect();
    assert_eq!(lines, entries.iter().map(|entry| entry.fact.id.0).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_later_alert_of_the_group_takes_the_place_of_the_old_one_even_within_a_batch() {
    let stage = Stage::new();
    stage
        .hear(&[
            signal("g", "a", Change::Raised, 3, 0),
            signal("g", "a", Change::Cleared, 3, 5),
            signal("g", "a", Change::Raised, 3, 1_000),
        ])
        .await;
    let all = stage.all().await;
    assert_eq!(
        all.iter().map(|stored| stored.alert.phase.code()).collect::<Vec<_>>(),
        ["raised", "cleared"]
    );
    stage.hear(&[signal("g", "a", Change::Cleared, 3, 1_001)]).await;
    assert!(stage.all().await.iter().all(|stored| !stored.alert.is_open()));
}

#[tokio::test]
async fn a_signal_that_cannot_be_used_does_not_hold_up_the_others() {
    let stage = Stage::new();
    let mut broken = signal("g", "a", Change::Raised, 3, 0);
    broken.group = "x".repeat(5_000);
    let mut unreadable = Fact::from_signal(&signal("g", "b", Change::Raised, 3, 0), &tenant(), officer().id);
    unreadable.data = serde_json::json!({ "severity": 9 });
    stage.publish(&[broken]).await;
    stage
        .engine
        .commit(Transaction {
            facts: vec![unreadable],
            ..Transaction::default()
        })
        .await
        .unwrap();
    stage.hear(&[signal("g", "c", Change::Raised, 3, 0)]).await;
    assert_eq!(stage.only().await.alert.causes.len(), 1);
    assert!(stage.waiting().await.is_empty());
}

#[tokio::test]
async fn the_consumer_is_woken_by_news_and_ends_when_told() {
    let stage = Stage::new();
    let journal: Arc<dyn Journal> = Arc::new(stage.engine.clone());
    let (mut head, stop) = (journal.head(), CancellationToken::new());
    let consumer = tokio::spawn(chassis::consumer::run(
        journal,
        Arc::new(stage.gathering()),
        stop.clone(),
    ));
    for n in 1..=3 {
        stage
            .publish(&[signal(&format!("g{n}"), "a", Change::Raised, 3, 0)])
            .await;
        // the signal and the fact that follows from it
        head.wait_for(|number| *number == 2 * n).await.unwrap();
    }
    stop.cancel();
    consumer.await.unwrap();
    assert_eq!(stage.told().await, ["alert.raised.v1"; 3]);
}
