//! The consumer on the real engine with real alerts: one write per incident and batch, together with the cursor.

use crate::script::{area, command, second};
use crate::stage::{Stage, call, elsewhere, officer, signal};
use chassis::consumer::React;
use incident::model::Phase;
use incident::service::Wish;
use kernel::severity::Severity;
use kernel::signal::Change;
use ports::journal::Journal;

#[tokio::test]
async fn a_grave_alert_opens_an_incident_with_what_it_knows() {
    let stage = Stage::new();
    stage.hear(&[signal("g1", Change::Raised, 4, 5)]).await;
    let stored = stage.only().await;
    let incident = &stored.incident;
    assert_eq!(
        (incident.number.to_string().as_str(), incident.number.org.as_str()),
        ("SC-2025-00001", "ioc")
    );
    assert_eq!(
        (incident.kind.as_str(), incident.severity),
        ("flood_depth", Severity::FOUR)
    );
    assert_eq!(
        (&incident.areas, incident.place.is_some()),
        (&vec![area("00070")], true)
    );
    assert_eq!(incident.entity.as_deref(), Some("urn:ngsi-ld:WaterObserved:hanoi:g1"));
    assert_eq!(
        (incident.opened_at, incident.linked[0].alert),
        (second(5), stage.alert_ids().await[0])
    );
    assert_eq!(incident.opened_by.to_string(), "service:incident");
    assert_eq!(incident.id.0.get_version_num(), 8);
    assert_eq!(stage.told().await, ["incident.opened.v1"]);
}

#[tokio::test]
async fn a_thousand_alerts_of_a_ward_are_one_write_and_their_facts() {
    let stage = Stage::new();
    let signals: Vec<_> = (0..1_000)
        .map(|n| signal(&format!("g{n}"), Change::Raised, 4, n / 100))
        .collect();
    stage.hear(&signals).await;
    let stored = stage.only().await;
    assert_eq!((stored.version, stored.incident.linked.len()), (1, 1_000));
    assert_eq!(stage.told().await.len(), 1_000);
    // one more finds it full: it is counted, and no second incident opens
    stage.hear(&[signal("one-more", Change::Raised, 5, 20)]).await;
    let stored = stage.only().await;
    assert_eq!((stored.incident.linked.len(), stored.incident.unlinked), (1_000, 1));
    // and it can still be worked and closed
    let noted = stage.act(&stored, command("note").unwrap()).await.unwrap();
    let closed = stage.act(&noted, command("close").unwrap()).await.unwrap();
    assert!(!closed.incident.is_active());
}

#[tokio::test]
async fn many_incidents_of_one_batch_are_numbered_in_order() {
    let stage = Stage::new();
    let wards = ["00070", "00118", "00160"];
    let signals: Vec<_> = (0..30)
        .map(|n| {
            let mut signal = elsewhere(signal(&format!("g{n}"), Change::Raised, 4, n), wards[n as usize % 3]);
            signal.code = format!("kind_{}", n / 3);
            signal
        })
        .collect();
    stage.hear(&signals).await;
    let mut all = stage.all().await;
    all.sort_by_key(|stored| stored.incident.opened_at);
    let serials: Vec<_> = all.iter().map(|stored| stored.incident.number.serial).collect();
    assert_eq!(serials, (1..=30).collect::<Vec<_>>());
    stage.open(call()).await.unwrap();
    assert!(
        stage
            .all()
            .await
            .iter()
            .any(|stored| stored.incident.number.serial == 31)
    );
}

#[tokio::test]
async fn the_end_of_all_alerts_is_noted_and_closes_nothing() {
    let stage = Stage::new();
    stage
        .hear(&[signal("g1", Change::Raised, 4, 0), signal("g2", Change::Raised, 2, 1)])
        .await;
    stage.hear(&[signal("g1", Change::Cleared, 4, 60)]).await;
    assert_eq!(stage.only().await.incident.going_on(), 1);
    stage.hear(&[signal("g2", Change::Cleared, 2, 70)]).await;
    let incident = stage.only().await.incident;
    assert!(matches!(incident.phase, Phase::Open(_)), "{:?}", incident.phase);
    let last = incident.timeline.last().unwrap();
    assert_eq!(
        (last.at, last.by.to_string().as_str()),
        (second(70), "service:incident")
    );
    assert_eq!(
        stage.told().await,
        ["incident.opened.v1", "incident.linked.v1", "incident.noted.v1"]
    );
}

#[tokio::test]
async fn an_alert_cleared_by_hand_is_over_too() {
    let stage = Stage::new();
    stage.hear(&[signal("g1", Change::Raised, 4, 0)]).await;
    let id = stage.alert_ids().await[0];
    let clear = alert::decide::act::Command::Clear {
        reason: "đã kiểm tra".into(),
    };
    stage.alerts.act(&officer(), id, clear, None).await.unwrap();
    stage.settle().await;
    assert_eq!(stage.only().await.incident.going_on(), 0);
}

#[tokio::test]
async fn a_batch_that_comes_again_changes_nothing() {
    let stage = Stage::new();
    let second_ward = elsewhere(signal("g3", Change::Raised, 5, 9), "00118");
    stage
        .publish(&[
            signal("g0", Change::Raised, 1, 0),
            signal("g1", Change::Raised, 4, 1),
            signal("g2", Change::Raised, 4, 2),
            second_ward,
            signal("g1", Change::Cleared, 4, 10),
        ])
        .await;
    let entries = stage.waiting().await;
    stage.watch.react(entries.clone()).await.unwrap();
    let (before, head) = (stage.all().await, *stage.engine.head().borrow());
    assert_eq!(before.len(), 2);
    stage.watch.react(entries).await.unwrap();
    assert_eq!(stage.all().await, before);
    assert_eq!(*stage.engine.head().borrow(), head);
    assert!(
        stage.waiting().await.is_empty(),
        "the cursor was committed with the effect"
    );
}

#[tokio::test]
async fn two_who_bind_the_same_alert_at_once_do_it_once() {
    // a person links an alert to a call between load and commit of the consumer that opens an incident for it
    let (stage, other) = (Stage::new(), Stage::new());
    for stage in [&stage, &other] {
        let mut call = call();
        call.kind = Some("fire".into());
        stage.open(call).await.unwrap();
        stage.publish(&[signal("g1", Change::Raised, 4, 1)]).await;
    }
    // what the person commits is taken from a stage of its own with the same story
    let (id, alerts) = (other.only().await.incident.id, other.alert_ids().await);
    let linked = other
        .incidents
        .act(&officer(), id, Wish::Link(alerts), None)
        .await
        .unwrap();
    let mine = stage.only().await;
    let mut incident = linked.incident;
    incident.id = mine.incident.id;
    let registers = incident::record::REGISTERS;
    let register = ports::records::Records::get(&other.engine, registers, incident::record::REGISTER).await;
    let put = |collection, key: String, version, body, indexes| ports::records::Change::Put {
        collection,
        key,
        expect: ports::records::Expect::Version(version),
        body,
        indexes,
    };
    let changes = vec![
        put(
            incident::record::INCIDENTS,
            incident.id.to_string(),
            1,
            incident::record::write(&incident).unwrap(),
            incident::record::indexes(&incident),
        ),
        put(
            registers,
            incident::record::REGISTER.into(),
            1,
            register.unwrap().unwrap().body,
            Vec::new(),
        ),
    ];
    *stage.meddler.first.lock().unwrap() = Some(ports::records::Transaction {
        changes,
        ..Default::default()
    });
    stage.settle().await;
    let stored = stage.only().await;
    assert_eq!(stored.incident.linked.len(), 1, "no second incident holds it");
    assert_eq!(stage.told().await, ["incident.opened.v1"]);
}

#[tokio::test]
async fn a_fact_that_cannot_be_used_does_not_hold_up_the_others() {
    let stage = Stage::new();
    stage.publish(&[signal("g1", Change::Raised, 4, 0)]).await;
    let mut broken = stage.waiting().await.remove(0).fact;
    broken.id = kernel::id::FactId(uuid::Uuid::from_u128(1));
    broken.data = serde_json::json!({ "severity": 9 });
    let mut long = stage.waiting().await.remove(0).fact;
    long.id = kernel::id::FactId(uuid::Uuid::from_u128(2));
    long.data["code"] = "x".repeat(5_000).into();
    stage.commit(vec![broken, long]).await;
    let mut rain = signal("g2", Change::Raised, 4, 9);
    rain.code = "rain_intensity".into();
    stage.hear(&[rain]).await;
    assert_eq!(stage.all().await.len(), 2);
    assert!(stage.waiting().await.is_empty());
}

#[tokio::test]
async fn facts_carry_the_incident_with_the_version_it_was_committed_under() {
    let stage = Stage::new();
    stage
        .hear(&[signal("g1", Change::Raised, 4, 0), signal("g2", Change::Raised, 5, 1)])
        .await;
    let stored = stage.only().await;
    stage.act(&stored, command("start").unwrap()).await.unwrap();
    let entries = Journal::read(&stage.engine, 0, &["incident."], 10).await.unwrap();
    let seen: Vec<_> = entries
        .iter()
        .map(|entry| {
            (
                entry.fact.data["state"].as_str().unwrap(),
                entry.fact.data["version"].as_u64().unwrap(),
            )
        })
        .collect();
    assert_eq!(seen, [("open", 1), ("open", 1), ("open", 1), ("in_progress", 2)]);
    assert!(
        entries
            .iter()
            .all(|entry| entry.fact.subject == stored.incident.id.to_string())
    );
    assert!(entries.iter().all(|entry| entry.fact.areas == [area("00070")]));
    let lines: Vec<_> = stage
        .only()
        .await
        .incident
        .timeline
        .iter()
        .map(|line| line.id)
        .collect();
    assert_eq!(lines, entries.iter().map(|entry| entry.fact.id.0).collect::<Vec<_>>());
}
