//! What happens to good, bad, repeated and corrected rows.

use crate::ground::{City, keyed, payload, start, submission};
use kernel::actor::Actor;
use kernel::id::TenantId;
use kernel::quality::{Doubt, Grade};
use kernel::reject::Reason;
use kernel::submission::{Readings, Submission};
use kernel::time::Timestamp;
use kernel::value::{Value, ValueKind};
use observation::error::IntakeFailure;
use observation::model::Limits;
use observation::reconcile::Emptying;
use observation::store::Store;
use std::sync::Arc;
use testkit::clock::VirtualClock;

fn officer() -> Actor {
    let mut actor = Actor::service("test", &TenantId::new("government").unwrap());
    actor.roles.insert("duty_officer".to_owned());
    actor
}

#[tokio::test]
async fn a_reading_becomes_the_latest_value() {
    let dir = tempfile::tempdir().unwrap();
    let city = City::open(dir.path()).await;
    let receipt = city
        .road
        .accept(&payload("g1", &[("", "depth", 0, 0.25)]))
        .await
        .unwrap();
    assert_eq!((receipt.accepted, receipt.rejected), (1, 0));
    assert!(receipt.position.is_some());
    let (rows, _) = city.road.latest(&officer(), Some("g1"), 0, 10);
    assert_eq!(rows[0].1.value(), Value::Number(0.25));
    assert_eq!(&*rows[0].0.entity, "urn:ngsi-ld:WaterObserved:hanoi:g1");
    assert!(city.road.last_contact("g1").is_some());
    assert!(city.road.last_contact("g2").is_none());
}

#[tokio::test]
async fn the_same_row_again_is_a_duplicate_and_another_value_a_correction() {
    let dir = tempfile::tempdir().unwrap();
    let city = City::open(dir.path()).await;
    let row = |value| payload("g1", &[("", "depth", 5, value)]);
    city.road.accept(&row(0.1)).await.unwrap();
    let again = city.road.accept(&row(0.1)).await.unwrap();
    assert_eq!((again.accepted, again.duplicates), (0, 1));
    let corrected = city.road.accept(&row(0.2)).await.unwrap();
    assert_eq!((corrected.accepted, corrected.corrections), (1, 1));
    let (rows, _) = city.road.latest(&officer(), Some("g1"), 0, 10);
    assert_eq!(rows[0].1.value(), Value::Number(0.2));
    assert_eq!(city.stored().await.len(), 2);
}

#[tokio::test]
async fn duplicates_inside_one_payload_are_found_too() {
    let dir = tempfile::tempdir().unwrap();
    let city = City::open(dir.path()).await;
    let twice = payload(
        "g1",
        &[("", "depth", 5, 0.1), ("", "depth", 5, 0.1), ("", "depth", 4, 0.3)],
    );
    let receipt = city.road.accept(&twice).await.unwrap();
    assert_eq!((receipt.accepted, receipt.duplicates), (2, 1));
}

#[tokio::test]
async fn a_bad_item_is_kept_aside_and_costs_nothing_of_its_neighbours() {
    let dir = tempfile::tempdir().unwrap();
    let city = City::open(dir.path()).await;
    let mixed = payload(
        "g1",
        &[
            ("", "depth", 0, 0.1),
            ("", "depth", 1, f64::NAN),
            ("", "depth", 2, 99.0),
            ("", "speed", 3, 1.0),
            ("g2", "depth", 4, 1.0),
            ("", "depth", 4_000_000_000, 1.0),
            ("", "depth", -1_795_000_000, 1.0),
            ("", "depth", 7, 0.2),
        ],
    );
    let receipt = city.road.accept(&mixed).await.unwrap();
    assert_eq!((receipt.accepted, receipt.rejected), (2, 6));
    let reasons: Vec<(u32, Reason)> = receipt.items.iter().map(|item| (item.item, item.reason)).collect();
    let expected = [
        (1, Reason::NotFinite),
        (2, Reason::OutOfRange),
        (3, Reason::UnknownSeries),
        (4, Reason::NotSpokenFor),
        (5, Reason::TimeFuture),
        (6, Reason::TimePast),
    ];
    assert_eq!(reasons, expected);
    assert!(
        receipt.items[1].detail.contains("possible are 0 to 10 m"),
        "{}",
        receipt.items[1].detail
    );
    let (kept, _) = city
        .road
        .quarantined(&officer(), Some("g1".into()), None, None, 10)
        .await
        .unwrap();
    assert_eq!(kept.len(), 5);
    assert!(kept.iter().any(|item| item.raw.contains("99")));
}

#[tokio::test]
async fn units_are_converted_and_strange_ones_are_told_what_is_accepted() {
    let dir = tempfile::tempdir().unwrap();
    let city = City::open(dir.path()).await;
    let mut readings = Readings::default();
    for (item, (unit, value)) in [("mm", 250.0_f64), ("V", 1.0)].into_iter().enumerate() {
        let key = readings.add_key("", "depth", unit);
        readings.push(key, None, ValueKind::Number, value.to_bits(), item as u32);
    }
    let receipt = city.road.accept(&submission("g1", readings)).await.unwrap();
    assert_eq!(receipt.accepted, 1);
    assert_eq!(receipt.items[0].reason, Reason::WrongUnit);
    assert!(receipt.items[0].detail.contains("accepted are m, mm, cm, km"));
    let (rows, _) = city.road.latest(&officer(), Some("g1"), 0, 10);
    assert_eq!(rows[0].1.value(), Value::Number(0.25));
}

#[tokio::test]
async fn unusual_values_are_stored_as_suspect() {
    let dir = tempfile::tempdir().unwrap();
    let city = City::open(dir.path()).await;
    let officer = officer();
    for (device, rows, doubt) in [
        ("g1", vec![("", "depth", 0, 3.0)], Doubt::Range),
        ("g2", vec![("", "depth", 0, 0.0), ("", "depth", 1, 1.9)], Doubt::Rate),
    ] {
        city.road.accept(&payload(device, &rows)).await.unwrap();
        let (rows, _) = city.road.latest(&officer, Some(device), 0, 10);
        assert_eq!(
            (rows[0].1.quality.grade(), rows[0].1.quality.doubt()),
            (Grade::Suspect, doubt)
        );
    }
}

#[tokio::test]
async fn a_retry_with_the_same_key_gets_the_same_answer_and_stores_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let city = City::open(dir.path()).await;
    let first = city
        .road
        .accept(&keyed(payload("g1", &[("", "depth", 0, 0.1)]), "k1", 1))
        .await
        .unwrap();
    let again = city
        .road
        .accept(&keyed(payload("g1", &[("", "depth", 0, 0.1)]), "k1", 1))
        .await
        .unwrap();
    assert_eq!((again.accepted, again.repeated), (first.accepted, true));
    assert!(first.position.is_some());
    assert_eq!(
        again.position, first.position,
        "the answer says where the rows lie, also the second time"
    );
    let other = city
        .road
        .accept(&keyed(payload("g1", &[("", "depth", 1, 0.1)]), "k1", 2))
        .await;
    assert_eq!(other, Err(IntakeFailure::KeyReused));
    assert_eq!(city.stored().await.len(), 1);
}

/// A sender gone mad, or a hostile one: each name is told off, and none of them stays in memory or fills the records.
#[tokio::test]
async fn a_million_unknown_names_are_refused_and_leave_no_more_than_the_quota() {
    let dir = tempfile::tempdir().unwrap();
    let city = City::open(dir.path()).await;
    let per_hour = Limits::default().quarantine_per_hour as usize;
    for batch in 0..100 {
        let names: Vec<String> = (0..10_000).map(|each| format!("n-{batch}-{each}")).collect();
        let mut rows: Vec<(&str, &str, i64, f64)> = names.iter().map(|name| ("", name.as_str(), 0, 1.0)).collect();
        rows.push(("", "depth", batch, 0.1));
        let receipt = city.road.accept(&payload("g1", &rows)).await.unwrap();
        assert_eq!((receipt.accepted, receipt.rejected), (1, 10_000));
        assert!(receipt.items.iter().all(|item| item.reason == Reason::UnknownSeries));
    }
    assert_eq!(city.road.series_count(), 1);
    assert_eq!(city.stored().await.len(), 100);
    let (mut kept, mut after) = (0, None);
    loop {
        let (page, next) = city.road.quarantined(&officer(), None, None, after, 500).await.unwrap();
        kept += page.len();
        after = next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(kept, per_hour);
}

#[tokio::test]
async fn what_is_kept_aside_leaves_when_its_time_is_over_or_there_is_too_much_the_oldest_first() {
    let dir = tempfile::tempdir().unwrap();
    let city = City::open(dir.path()).await;
    let store = Store::new(Arc::clone(&city.engine.records));
    for batch in 0..700_i64 {
        let bad = submission_at("g1", batch, &[("", "depth", batch, 99.0)]);
        city.road.accept(&bad).await.unwrap();
    }
    // (seconds after the start at which it is now, days, most, how many leave, when the oldest came)
    let day = 86_400;
    let table = [
        (700, 1, 1_000, 0, Some(0)),
        (700, 1, 600, 100, Some(100)),
        (day + 650, 1, 1_000, 550, Some(650)),
        (3 * day, 1, 1_000, 50, None),
    ];
    for (now, days, most, leave, oldest) in table {
        let clock = VirtualClock::at(Timestamp::from_micros(start().micros() + now * 1_000_000));
        let emptying = Emptying::new(store.clone(), Arc::new(clock), days, most);
        assert_eq!(emptying.turn().await.unwrap(), leave);
        let first = store.oldest_quarantine(1).await.unwrap();
        let came = first
            .first()
            .map(|item| (item.at.micros() - start().micros()) / 1_000_000);
        assert_eq!(came, oldest);
    }
}

fn submission_at(sender: &str, seconds: i64, rows: &[(&str, &str, i64, f64)]) -> Submission {
    let mut submission = payload(sender, rows);
    submission.received = Timestamp::from_micros(start().micros() + seconds * 1_000_000);
    submission
}
