//! Registering, importing, giving tokens, blocking, and loading after a restart.

use crate::ground::{Ground, administrator, devices, gauge, id, of_areas};
use device::error::DeviceError;
use device::model::{DeviceState, Speaks};
use kernel::classification::Classification;
use kernel::error::{Classified, ErrorKind};
use kernel::id::ProfileId;
use kernel::submission::SpeaksFor;
use ports::journal::Entry;
use std::sync::Arc;
use testkit::faulty_records::{FaultyRecords, RecordsFaults};

async fn facts(ground: &Ground) -> Vec<Entry> {
    ground.tenant.journal.read(0, &["device."], 1_000).await.unwrap()
}

#[tokio::test]
async fn a_device_is_registered_once_and_the_house_is_told() {
    let ground = Ground::new();
    let boss = administrator();
    ground
        .devices
        .register(&boss, gauge("gauge-001", &["00070"]))
        .await
        .unwrap();
    let again = ground
        .devices
        .register(&boss, gauge("gauge-001", &[]))
        .await
        .unwrap_err();
    assert!(
        matches!(&again, DeviceError::Exists(found) if *found == id("gauge-001")),
        "{again}"
    );
    assert_eq!((again.kind(), again.code()), (ErrorKind::Conflict, "exists_already"));
    let stored = ground.devices.get(&boss, "gauge-001").await.unwrap();
    assert_eq!(stored, gauge("gauge-001", &["00070"]));
    assert_eq!(
        ground.devices.registry().find("gauge-001").unwrap().device.areas,
        stored.areas
    );
    let facts = facts(&ground).await;
    assert_eq!(facts.len(), 1);
    assert_eq!(
        (facts[0].fact.kind.as_str(), facts[0].fact.subject.as_str()),
        ("device.changed.v1", "gauge-001")
    );
}

#[tokio::test]
async fn what_does_not_fit_is_refused_with_the_field() {
    let ground = Ground::new();
    let boss = administrator();
    let mut cases = vec![
        ("profile", gauge("a", &[])),
        ("title", gauge("a", &[])),
        ("title", gauge("a", &[])),
    ];
    cases.extend([("areas", gauge("a", &["00070"; 33])), ("gateway", gauge("a", &[]))]);
    cases[0].1.profile = ProfileId::new("no-such").unwrap();
    cases[1].1.title.vi = "  ".into();
    cases[2].1.title.en = "x".repeat(201);
    cases[4].1.gateway = Some(id("a"));
    for (field, device) in cases {
        let error = ground.devices.register(&boss, device).await.unwrap_err();
        assert!(
            matches!(&error, DeviceError::Invalid { field: found, .. } if *found == field),
            "{field}: {error}"
        );
    }
    let mut secret = gauge("a", &[]);
    secret.classification = Classification::Secret;
    assert!(matches!(
        ground.devices.register(&boss, secret).await,
        Err(DeviceError::OutOfScope(_))
    ));
    assert!(ground.devices.registry().is_empty() && facts(&ground).await.is_empty());
}

#[tokio::test]
async fn only_administrators_act() {
    let ground = Ground::with([gauge("gauge-001", &["00070"])]).await;
    let officer = of_areas(&["00070"]);
    let results = [
        ground
            .devices
            .register(&officer, gauge("b", &["00070"]))
            .await
            .map(drop),
        ground.devices.import(&officer, Vec::new()).await.map(drop),
        ground.devices.new_token(&officer, "gauge-001").await.map(drop),
        ground
            .devices
            .set_state(&officer, "gauge-001", DeviceState::Blocked)
            .await
            .map(drop),
    ];
    for result in results {
        assert!(matches!(&result, Err(DeviceError::WrongRole(_))), "{result:?}");
    }
}

#[tokio::test]
async fn an_import_adds_only_what_is_new() {
    let ground = Ground::new();
    let boss = administrator();
    let all: Vec<_> = (0..1_203)
        .map(|number| gauge(&format!("gauge-{number:04}"), &["00070"]))
        .collect();
    assert_eq!(ground.devices.import(&boss, all[..3].to_vec()).await.unwrap(), 3);
    ground
        .devices
        .set_state(&boss, "gauge-0001", DeviceState::Blocked)
        .await
        .unwrap();
    assert_eq!(ground.devices.import(&boss, all.clone()).await.unwrap(), 1_200);
    assert_eq!(ground.devices.import(&boss, all.clone()).await.unwrap(), 0);
    let kept = ground.devices.get(&boss, "gauge-0001").await.unwrap();
    assert_eq!(kept.state, DeviceState::Blocked, "what is there stays as it is");
    let twice = [gauge("x", &[]), gauge("y", &[]), gauge("x", &[])];
    let error = ground.devices.import(&boss, twice.to_vec()).await.unwrap_err();
    assert!(error.to_string().contains("'x' stands twice"), "{error}");
    assert_eq!(
        ground.devices.registry().len(),
        1_203,
        "nothing of a list that does not fit"
    );
}

#[tokio::test]
async fn a_token_is_shown_once_and_replaced_at_once() {
    let ground = Ground::with([gauge("gauge-001", &[]), gauge("gauge-002", &[])]).await;
    let boss = administrator();
    let holds = |token: &str| {
        let found = ground.devices.registry().by_token(&device::service::token_hash(token));
        found.map(|device| device.id.to_string())
    };
    let first = ground.devices.new_token(&boss, "gauge-001").await.unwrap();
    let other = ground.devices.new_token(&boss, "gauge-002").await.unwrap();
    assert_eq!(
        (holds(&first).as_deref(), holds(&other).as_deref()),
        (Some("gauge-001"), Some("gauge-002"))
    );
    let second = ground.devices.new_token(&boss, "gauge-001").await.unwrap();
    assert_eq!((holds(&first), holds(&second).as_deref()), (None, Some("gauge-001")));
    let told = facts(&ground).await;
    let hash = device::service::token_hash(&second);
    for secret in [&second, &hash] {
        assert!(told.iter().all(|entry| !entry.fact.data.to_string().contains(secret)));
    }
    assert!(ground.devices.new_token(&boss, "nobody").await.is_err());
}

#[tokio::test]
async fn children_follow_their_gateway() {
    let mut gateway = gauge("gateway", &[]);
    gateway.speaks = Speaks::Children;
    let mut child = gauge("child", &[]);
    child.gateway = Some(id("gateway"));
    let ground = Ground::with([gateway.clone(), child.clone()]).await;
    let registry = ground.devices.registry();
    let these = |names: &[&str]| SpeaksFor::These(names.iter().map(|name| id(name)).collect());
    assert_eq!(registry.speaks_for(&gateway), these(&["child"]));
    child.gateway = Some(id("another"));
    registry.put([child.clone()]);
    assert_eq!(registry.speaks_for(&gateway), these(&[]));
    child.gateway = None;
    registry.put([child.clone()]);
    assert_eq!(registry.speaks_for(&child), SpeaksFor::Itself);
}

#[tokio::test]
async fn a_restart_knows_everything() {
    let mut gateway = gauge("gateway", &[]);
    gateway.speaks = Speaks::Children;
    let mut child = gauge("child", &[]);
    child.gateway = Some(id("gateway"));
    let ground = Ground::with([gateway.clone(), child]).await;
    let boss = administrator();
    let token = ground.devices.new_token(&boss, "child").await.unwrap();
    ground
        .devices
        .set_state(&boss, "gateway", DeviceState::Blocked)
        .await
        .unwrap();

    let again = devices(Arc::clone(&ground.tenant.records), &ground.clock);
    assert_eq!(again.load().await.unwrap(), 2);
    let registry = again.registry();
    assert_eq!(
        registry.by_token(&device::service::token_hash(&token)).unwrap().id,
        id("child")
    );
    assert_eq!(registry.device("gateway").unwrap().state, DeviceState::Blocked);
    assert_eq!(registry.speaks_for(&gateway), SpeaksFor::These([id("child")].into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn acts_at_once_on_one_device_all_count() {
    let ground = Ground::with([gauge("gauge-001", &[])]).await;
    let boss = administrator();
    let acts = (0..20).map(|number| {
        let (devices, boss) = (ground.devices.clone(), boss.clone());
        tokio::spawn(async move {
            match number % 2 {
                0 => devices.new_token(&boss, "gauge-001").await.map(drop),
                _ => devices
                    .set_state(&boss, "gauge-001", DeviceState::Blocked)
                    .await
                    .map(drop),
            }
        })
    });
    for act in acts.collect::<Vec<_>>() {
        act.await.unwrap().unwrap();
    }
    let stored = ground.devices.get(&boss, "gauge-001").await.unwrap();
    assert_eq!(stored.state, DeviceState::Blocked);
    assert_eq!(
        *ground.devices.registry().device("gauge-001").unwrap(),
        stored,
        "memory knows what storage knows"
    );
}

#[tokio::test]
async fn a_block_whose_answer_is_lost_still_blocks() {
    let ground = Ground::with([gauge("gauge-001", &[])]).await;
    let faulty = FaultyRecords::new(Arc::clone(&ground.tenant.records), 1, RecordsFaults::default());
    let devices = devices(Arc::new(faulty.clone()), &ground.clock);
    devices.load().await.unwrap();
    let state = || devices.registry().device("gauge-001").unwrap().state;
    let boss = administrator();
    let commit_error = RecordsFaults {
        commit_error: 1.0,
        ..RecordsFaults::default()
    };
    let lost_answer = RecordsFaults {
        lost_answer: 1.0,
        ..RecordsFaults::default()
    };
    for (faults, expected) in [(commit_error, DeviceState::Active), (lost_answer, DeviceState::Blocked)] {
        faulty.set_faults(faults);
        let error = devices
            .set_state(&boss, "gauge-001", DeviceState::Blocked)
            .await
            .unwrap_err();
        assert_eq!((error.code(), state()), ("storage_unavailable", expected));
    }
}
