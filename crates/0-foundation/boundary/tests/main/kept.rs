//! What is kept: nothing of a refused file, everything of a taken one, also after a restart.

use crate::city::{areas, corner, feature, file, good, polygon, ring, with};
use boundary::error::BoundaryError;
use boundary::fact::REPLACED;
use boundary::model::Strictness;
use boundary::service::Boundaries;
use boundary::store::Store;
use embedded::records::{EmbeddedRecords, RecordsOptions};
use kernel::actor::Actor;
use kernel::id::{DeviceId, TenantId};
use ports::journal::Journal;
use serde_json::{Value, json};
use std::sync::Arc;
use testkit::clock::VirtualClock;

struct Ground {
    engine: EmbeddedRecords,
    tenant: TenantId,
    _folder: tempfile::TempDir,
}

impl Ground {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let engine = EmbeddedRecords::open(folder.path().join("records.sqlite"), RecordsOptions::default()).unwrap();
        Self {
            engine,
            tenant: TenantId::new("gov").unwrap(),
            _folder: folder,
        }
    }

    /// The slice as after a start.
    async fn start(&self) -> Boundaries {
        let store = Store::new(Arc::new(self.engine.clone()));
        let clock = Arc::new(VirtualClock::default());
        Boundaries::open(store, Arc::new(areas()), self.tenant.clone(), clock)
            .await
            .unwrap()
    }

    fn operator(&self) -> Actor {
        Actor::service("operator", &self.tenant)
    }

    async fn told(&self) -> Vec<Value> {
        let entries = Journal::read(&self.engine, 0, &[REPLACED], 100).await.unwrap();
        entries.into_iter().map(|entry| entry.fact.data).collect()
    }
}

fn parsed(boundaries: &Boundaries) -> Value {
    serde_json::from_str(&boundaries.collection().unwrap()).unwrap()
}

#[tokio::test]
async fn a_good_file_is_in_use_at_once_and_after_a_restart() {
    let ground = Ground::new();
    let boundaries = ground.start().await;
    assert!(boundaries.collection().is_none());
    let strict = Strictness::default;
    let report = boundaries
        .import(&ground.operator(), "hanoi.geojson", file(&good()), strict(), true)
        .await
        .unwrap();
    assert_eq!((report.stored, report.areas), (false, 4), "only a check");
    assert!(boundaries.collection().is_none());
    let report = boundaries
        .import(&ground.operator(), "hanoi.geojson", file(&good()), strict(), false)
        .await
        .unwrap();
    assert!(report.stored && report.findings.is_empty(), "{report:?}");
    let now = parsed(&boundaries);
    assert_eq!(now["features"].as_array().unwrap().len(), 4);
    assert_eq!(
        now["features"][0]["properties"],
        json!({"code": "00001", "name": "Phường 00001", "kind": "Phường"})
    );
    assert_eq!(now["source"]["file"], "hanoi.geojson");
    assert!(now["note"].is_null(), "true boundaries are not called approximate");
    assert_eq!(parsed(&ground.start().await), now);
    assert_eq!(ground.told().await, [json!({"file": "hanoi.geojson", "areas": 4})]);
}

#[tokio::test]
async fn a_refused_file_changes_nothing() {
    let ground = Ground::new();
    let boundaries = ground.start().await;
    let strict = Strictness::default;
    boundaries
        .import(&ground.operator(), "one", file(&good()), strict(), false)
        .await
        .unwrap();
    let before = boundaries.collection();
    let (west, south) = corner(3);
    let crossing = with(
        3,
        json!([[
            [west, south],
            [west + 0.01, south + 0.01],
            [west + 0.01, south],
            [west, south + 0.01],
            [west, south]
        ]]),
    );
    let stray = file(&[feature("99999", polygon(json!([ring(105.8, 21.0, 105.81, 21.01)])))]);
    for text in [crossing, stray, "no json".to_owned()] {
        let report = boundaries
            .import(&ground.operator(), "two", text, strict(), false)
            .await
            .unwrap();
        assert!(!report.stored && !report.findings.is_empty());
    }
    assert_eq!(boundaries.collection(), before);
    assert_eq!(ground.told().await.len(), 1);
}

#[tokio::test]
async fn a_second_file_replaces_the_first_and_removal_brings_the_cells_back() {
    let ground = Ground::new();
    let boundaries = ground.start().await;
    let strict = Strictness::default;
    for name in ["one", "two"] {
        boundaries
            .import(&ground.operator(), name, file(&good()), strict(), false)
            .await
            .unwrap();
    }
    assert_eq!(parsed(&ground.start().await)["source"]["file"], "two");
    boundaries.remove(&ground.operator()).await.unwrap();
    assert!(boundaries.collection().is_none() && ground.start().await.collection().is_none());
    assert_eq!(ground.told().await.last().unwrap()["areas"], 0);
}

#[tokio::test]
async fn only_administrators_and_the_program_itself_may() {
    let ground = Ground::new();
    let boundaries = ground.start().await;
    let device = Actor::device(&DeviceId::new("gauge").unwrap(), &ground.tenant);
    let stranger = Actor::service("operator", &TenantId::new("party").unwrap());
    for actor in [device, stranger] {
        let import = boundaries
            .import(&actor, "one", file(&good()), Strictness::default(), false)
            .await;
        assert!(matches!(import, Err(BoundaryError::Denied)));
        assert!(matches!(boundaries.remove(&actor).await, Err(BoundaryError::Denied)));
    }
}

#[tokio::test]
async fn the_report_is_bounded() {
    let ground = Ground::new();
    let features: Vec<Value> = (0..500).map(|_| feature("99999", Value::Null)).collect();
    let report = ground.start().await;
    let report = report
        .import(
            &ground.operator(),
            "many",
            file(&features),
            Strictness::default(),
            false,
        )
        .await
        .unwrap();
    assert_eq!(
        (report.findings.len(), report.more),
        (
            boundary::service::MAX_FINDINGS,
            500 + 4 - boundary::service::MAX_FINDINGS
        )
    );
}
