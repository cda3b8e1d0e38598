//! The history of settings on the embedded engine, from start to start.

#![allow(clippy::unwrap_used)]

use embedded::tenant::{EmbeddedTenant, TenantOptions};
use kernel::actor::Actor;
use kernel::clock::Clock;
use kernel::id::{DeviceId, TenantId};
use setting::error::SettingError;
use setting::fact::CHANGED;
use setting::model::{Held, Settings, Starter};
use setting::service::SettingHistory;
use setting::store::Store;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use testkit::clock::VirtualClock;

struct Ground {
    engine: EmbeddedTenant,
    clock: VirtualClock,
    history: SettingHistory,
}

fn tenant() -> TenantId {
    TenantId::new("government").unwrap()
}

fn auditor() -> Actor {
    Actor::service("auditor", &tenant())
}

impl Ground {
    fn open(dir: &Path) -> Self {
        let options = TenantOptions {
            reserve_bytes: 4_096,
            ..TenantOptions::default()
        };
        let engine = EmbeddedTenant::open(dir, options).unwrap();
        let clock = VirtualClock::default();
        let store = Store::new(Arc::clone(&engine.records));
        let history = SettingHistory::new(store, tenant(), Arc::new(clock.clone()));
        Self { engine, clock, history }
    }

    async fn told(&self) -> Vec<serde_json::Value> {
        let entries = self.engine.journal.read(0, &[CHANGED], 100).await.unwrap();
        entries.into_iter().map(|entry| entry.fact.data).collect()
    }
}

fn settings(address: &str, source: &str) -> Settings {
    let held = |value: &str, source: &str| Held {
        value: value.to_owned(),
        source: source.to_owned(),
    };
    Settings::from([
        ("http.address".to_owned(), held(address, source)),
        ("log.max_mib".to_owned(), held("0", "default")),
    ])
}

fn by(account: &str) -> Starter {
    Starter {
        uid: 998,
        account: Some(account.to_owned()),
        program: "0.1.0".to_owned(),
        file: None,
    }
}

#[tokio::test]
async fn every_start_with_other_values_is_one_version_that_says_who_and_what() {
    let folder = tempfile::tempdir().unwrap();
    {
        let ground = Ground::open(folder.path());
        let first = ground
            .history
            .note(settings("\"a\"", "default"), by("ioc"))
            .await
            .unwrap();
        assert_eq!(
            first.map(|version| (version.number, version.changes.len())),
            Some((1, 0))
        );
        let same = ground
            .history
            .note(settings("\"a\"", "site.toml:1"), by("ioc"))
            .await
            .unwrap();
        assert_eq!(same, None, "the same values, wherever they are written");
        ground.clock.advance(Duration::from_secs(60));
        let second = ground
            .history
            .note(settings("\"b\"", "site.toml:4"), by("root"))
            .await
            .unwrap();
        assert_eq!(second.unwrap().at, ground.clock.now());
    }
    // what was noted outlives the program
    let ground = Ground::open(folder.path());
    let versions = ground.history.versions(&auditor(), None, 20).await.unwrap();
    let numbers: Vec<u32> = versions.iter().map(|version| version.number).collect();
    assert_eq!(numbers, [2, 1], "newest first");
    let change = &versions[0].changes[0];
    assert_eq!(versions[0].by.account.as_deref(), Some("root"));
    assert_eq!(change.key, "http.address");
    assert_eq!(change.before.as_ref().map(|held| held.value.as_str()), Some("\"a\""));
    assert_eq!(
        change.after.as_ref().map(|held| held.source.as_str()),
        Some("site.toml:4")
    );
    let (now, version) = ground.history.now(&auditor()).await.unwrap();
    assert_eq!((now["http.address"].value.as_str(), version.number), ("\"b\"", 2));
    let told = ground.told().await;
    assert_eq!(told[1], serde_json::json!({ "version": 2, "keys": ["http.address"] }));
}

#[tokio::test]
async fn pages_go_backwards_and_end() {
    let folder = tempfile::tempdir().unwrap();
    let ground = Ground::open(folder.path());
    for at in 0..5 {
        let made = ground
            .history
            .note(settings(&at.to_string(), "site.toml:1"), by("ioc"))
            .await;
        assert!(made.unwrap().is_some());
    }
    let page = async |before, limit| {
        let found = ground.history.versions(&auditor(), before, limit).await.unwrap();
        found.into_iter().map(|version| version.number).collect::<Vec<_>>()
    };
    assert_eq!(page(None, 2).await, [5, 4]);
    assert_eq!(page(Some(4), 2).await, [3, 2]);
    assert_eq!(page(Some(2), 2).await, [1]);
    assert_eq!(page(Some(1), 2).await, [0; 0]);
    assert_eq!(page(Some(0), 2).await, [0; 0]);
    assert_eq!(page(Some(u32::MAX), 1).await, [5]);
    for limit in [0, 101] {
        let refused = ground.history.versions(&auditor(), None, limit).await.unwrap_err();
        assert!(
            matches!(&refused, SettingError::Invalid(what) if what.contains("1 to 100")),
            "{refused}"
        );
    }
}

#[tokio::test]
async fn who_has_no_role_for_it_reads_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let ground = Ground::open(folder.path());
    ground
        .history
        .note(settings("\"a\"", "default"), by("ioc"))
        .await
        .unwrap();
    let device = Actor::device(&DeviceId::new("gauge").unwrap(), &tenant());
    let refused = ground.history.now(&device).await.unwrap_err();
    assert!(
        matches!(&refused, SettingError::Denied(roles) if roles.contains("auditor")),
        "{refused}"
    );
    assert!(ground.history.versions(&device, None, 20).await.is_err());
}
