//! Series that the house computes: on the same road, but no device can write them.

use crate::ground::{City, payload, start};
use kernel::actor::Actor;
use kernel::area::AreaCode;
use kernel::batch::Batch;
use kernel::classification::Classification;
use kernel::id::{DeviceId, OrgId, ProfileId, TenantId};
use kernel::quality::Quality;
use kernel::reject::Reason;
use kernel::series::{Contract, SeriesId, SeriesInfo};
use kernel::text::LangText;
use kernel::time::Timestamp;
use kernel::unit::Unit;
use kernel::value::ValueKind;
use observation::derived::{Derivation, DerivedError};
use observation::error::ObservationError;

fn service() -> Actor {
    Actor::service("indicator", &TenantId::new("government").unwrap())
}

fn computed(device: &str, name: &str, inputs: &[u32]) -> (SeriesInfo, Derivation) {
    let info = SeriesInfo {
        id: SeriesId(0),
        entity: format!("urn:ngsi-ld:WaterObserved:hanoi:{device}").into(),
        attribute: "waterDepthMean".into(),
        device: DeviceId::new(device).unwrap(),
        name: name.into(),
        unit: Unit::new("m"),
        kind: ValueKind::Number,
        contract: Contract::default(),
        profile: ProfileId::new("mean").unwrap(),
        org: OrgId::new("ioc").unwrap(),
        areas: vec![AreaCode::new("00070").unwrap()],
        place: None,
        title: LangText::new("Trung bình", "Mean"),
        classification: Classification::Internal,
    };
    let derivation = Derivation {
        by: "indicator/mean".to_owned(),
        version: 1,
        inputs: inputs.iter().map(|id| SeriesId(*id)).collect(),
    };
    (info, derivation)
}

fn rows(series: SeriesId, values: &[(i64, f64)]) -> Batch {
    let mut batch = Batch::default();
    for (seconds, value) in values {
        let time = Timestamp::from_micros(start().micros() + seconds * 1_000_000);
        batch.push_bits(series, time, ValueKind::Number, value.to_bits(), Quality::GOOD);
    }
    batch
}

#[tokio::test]
async fn computed_rows_are_stored_once_corrected_and_known_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let city = City::open(dir.path()).await;
    city.road
        .accept(&payload("g1", &[("g1", "depth", 0, 0.5)]))
        .await
        .unwrap();
    let made = city
        .road
        .derive(&service(), vec![computed("g1", "depth.mean", &[0])])
        .await
        .unwrap();
    let id = made[0].id;
    let write = async |values: &[(i64, f64)]| {
        let receipt = city
            .road
            .accept_derived(&service(), start(), rows(id, values))
            .await
            .unwrap();
        (receipt.accepted, receipt.corrections, receipt.duplicates)
    };
    assert_eq!(write(&[(0, 0.5), (60, 0.6)]).await, (2, 0, 0));
    assert_eq!(write(&[(0, 0.5), (60, 0.7)]).await, (1, 1, 1));
    assert_eq!(write(&[]).await, (0, 0, 0));
    // asked again: the same number; with other inputs: the same number, new inputs
    let again = city
        .road
        .derive(&service(), vec![computed("g1", "depth.mean", &[0, 7])])
        .await
        .unwrap();
    assert_eq!(again[0].id, id);
    city.close().await;

    let city = City::open(dir.path()).await;
    let derivation = city.road.derivation(id).unwrap();
    assert_eq!(
        (derivation.by.as_str(), &derivation.inputs[..]),
        ("indicator/mean", &[SeriesId(0), SeriesId(7)][..])
    );
    assert_eq!(city.road.derivation(SeriesId(0)), None);
    let latest = city.road.latest(&service(), Some("g1"), 0, 10).0;
    let named: Vec<_> = latest
        .iter()
        .map(|(info, row)| (info.name.to_string(), row.value()))
        .collect();
    assert_eq!(named.len(), 2);
    assert_eq!(named[1], ("depth.mean".to_owned(), kernel::value::Value::Number(0.7)));
    city.close().await;
}

#[tokio::test]
async fn no_device_can_write_a_computed_series_and_no_service_a_reported_one() {
    let dir = tempfile::tempdir().unwrap();
    let city = City::open(dir.path()).await;
    city.road
        .accept(&payload("g1", &[("g1", "depth", 0, 0.5)]))
        .await
        .unwrap();
    let made = city
        .road
        .derive(&service(), vec![computed("g1", "depth.mean", &[0])])
        .await
        .unwrap();
    let receipt = city
        .road
        .accept(&payload("g1", &[("g1", "depth.mean", 5, 9.0)]))
        .await
        .unwrap();
    assert_eq!((receipt.accepted, receipt.rejected), (0, 1));
    assert_eq!(receipt.items[0].reason, Reason::UnknownSeries);
    // a loader that speaks for everybody cannot either
    let receipt = city
        .road
        .accept(&payload("gate", &[("g1", "depth.mean", 5, 9.0)]))
        .await
        .unwrap();
    assert_eq!((receipt.accepted, receipt.items[0].reason), (0, Reason::UnknownSeries));

    let reported = city
        .road
        .accept_derived(&service(), start(), rows(SeriesId(0), &[(9, 1.0)]))
        .await;
    assert!(matches!(reported, Err(DerivedError::NotDerived(0))), "{reported:?}");
    let unknown = city
        .road
        .accept_derived(&service(), start(), rows(SeriesId(99), &[(9, 1.0)]))
        .await;
    assert!(matches!(unknown, Err(DerivedError::NotDerived(99))), "{unknown:?}");
    let mut text = Batch::default();
    text.push_bytes(made[0].id, start(), ValueKind::Text, b"x", Quality::GOOD);
    let other_type = city.road.accept_derived(&service(), start(), text).await;
    assert!(matches!(other_type, Err(DerivedError::NotDerived(_))), "{other_type:?}");
    let device = Actor::device(&DeviceId::new("g1").unwrap(), &TenantId::new("government").unwrap());
    let by_device = city
        .road
        .accept_derived(&device, start(), rows(made[0].id, &[(9, 1.0)]))
        .await;
    assert!(matches!(by_device, Err(DerivedError::NotAService(_))), "{by_device:?}");
    let taken = city.road.derive(&service(), vec![computed("g1", "depth", &[])]).await;
    assert!(
        matches!(taken, Err(DerivedError::Series(ObservationError::NameTaken { .. }))),
        "{taken:?}"
    );
    assert_eq!(city.stored().await, [(0, 0, 0.5)]);
    city.close().await;
}

#[tokio::test]
async fn what_is_computed_is_no_sign_of_life() {
    let dir = tempfile::tempdir().unwrap();
    let city = City::open(dir.path()).await;
    let made = city
        .road
        .derive(&service(), vec![computed("g2", "depth.mean", &[])])
        .await
        .unwrap();
    city.road
        .accept_derived(&service(), start(), rows(made[0].id, &[(0, 1.0)]))
        .await
        .unwrap();
    assert_eq!(city.road.last_contact("g2"), None);
    city.road
        .accept(&payload("g2", &[("g2", "depth", 0, 0.5)]))
        .await
        .unwrap();
    assert_eq!(city.road.last_contact("g2"), Some(start()));
    city.close().await;
}
