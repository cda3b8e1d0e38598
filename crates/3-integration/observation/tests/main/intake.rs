//! What happens to good, bad, repeated and corrected rows.

use crate::ground::{City, keyed, payload, submission};
use kernel::actor::Actor;
use kernel::id::TenantId;
use kernel::quality::{Doubt, Grade};
use kernel::reject::Reason;
use kernel::submission::Readings;
use kernel::value::{Value, ValueKind};
use observation::error::IntakeFailure;

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
