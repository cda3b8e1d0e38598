//! Who may do what, who sees what, and what is refused.

use crate::script::{area, command, org};
use crate::stage::{Stage, call, elsewhere, officer, signal, somebody};
use chassis::consumer::React;
use incident::decide::act::Command;
use incident::error::IncidentError;
use incident::service::Wish;
use incident::service::open::{Key, Request};
use incident::store::Filter;
use kernel::classification::Classification;
use kernel::error::Classified;
use kernel::id::{AlertId, IncidentId, TenantId};
use kernel::signal::Change;
use uuid::Uuid;

#[tokio::test]
async fn roles_decide_who_looks_and_who_acts() {
    let stage = Stage::new();
    let id = stage.open(call()).await.unwrap().incident.id;
    for (role, looks, acts) in [
        ("duty_officer", true, true),
        ("administrator", false, false),
        ("ward_leader", true, true),
        ("service", true, true),
        ("leader", true, false),
        ("device", false, false),
        ("", false, false),
    ] {
        let actor = somebody(role, None, Classification::Restricted);
        let code = |error: IncidentError| error.code();
        let denied = |allowed: bool| if allowed { None } else { Some("denied") };
        assert_eq!(
            stage.incidents.one(&actor, id).await.map_err(code).err(),
            denied(looks),
            "{role}"
        );
        let list = stage.incidents.list(&actor, &Filter::default(), None, 10).await;
        assert_eq!(list.map_err(code).err(), denied(looks), "{role}");
        let note = Wish::Act(command("note").unwrap());
        assert_eq!(
            stage.incidents.act(&actor, id, note, None).await.map_err(code).err(),
            denied(acts),
            "{role}"
        );
        assert_eq!(
            stage.incidents.open(&actor, call()).await.map_err(code).err(),
            denied(acts),
            "{role}"
        );
    }
}

#[tokio::test]
async fn what_one_may_not_see_is_not_there() {
    let stage = Stage::new();
    let mut secret = signal("secret", Change::Raised, 4, 0);
    (secret.classification, secret.code) = (Classification::Restricted, "secret".into());
    let mut whole_city = signal("whole", Change::Raised, 4, 0);
    (whole_city.areas, whole_city.code) = (Vec::new(), "whole".into());
    let mut far = elsewhere(signal("elsewhere", Change::Raised, 4, 0), "00118");
    far.code = "elsewhere".into();
    far.areas.push(area("00160"));
    let mut near = signal("near", Change::Raised, 4, 0);
    near.code = "near".into();
    stage.hear(&[secret, far, whole_city, near]).await;
    let mut stranger = officer();
    stranger.scope.tenant = TenantId::new("other").unwrap();
    for (actor, expected) in [
        (officer(), vec!["elsewhere", "near", "secret", "whole"]),
        (
            somebody("leader", None, Classification::Internal),
            vec!["elsewhere", "near", "whole"],
        ),
        (
            somebody("duty_officer", Some(&["00070"]), Classification::Restricted),
            vec!["near", "secret"],
        ),
        (
            somebody("duty_officer", Some(&["00160"]), Classification::Public),
            vec![],
        ),
        (
            somebody("duty_officer", Some(&["00160"]), Classification::Internal),
            vec!["elsewhere"],
        ),
        (somebody("duty_officer", Some(&[]), Classification::Restricted), vec![]),
        (stranger, vec![]),
    ] {
        let (seen, _) = stage
            .incidents
            .list(&actor, &Filter::default(), None, 10)
            .await
            .unwrap();
        let mut kinds: Vec<_> = seen.iter().map(|stored| stored.incident.kind.as_str()).collect();
        kinds.sort_unstable();
        assert_eq!(kinds, expected, "{:?}", actor.scope);
        for stored in stage.all().await {
            let one = stage.incidents.one(&actor, stored.incident.id).await;
            assert_eq!(one.is_ok(), expected.contains(&stored.incident.kind.as_str()));
            assert!(
                one.is_ok() || matches!(one, Err(IncidentError::NotFound)),
                "not there, rather than forbidden"
            );
        }
    }
}

#[tokio::test]
async fn unknown_names_and_foreign_areas_are_refused() {
    let stage = Stage::new();
    stage
        .publish(&[elsewhere(signal("g1", Change::Raised, 2, 0), "00118")])
        .await;
    let alert = stage.alert_ids().await[0];
    let ward = somebody("duty_officer", Some(&["00070"]), Classification::Restricted);
    let citizen = somebody("duty_officer", None, Classification::Public);
    let change = |edit: &dyn Fn(&mut Request)| {
        let mut request = call();
        edit(&mut request);
        request
    };
    for (actor, request, code) in [
        (
            officer(),
            change(&|r| r.areas = vec![area("00999")]),
            Some("invalid_value"),
        ),
        (
            officer(),
            change(&|r| r.register = Some(org("nobody"))),
            Some("invalid_value"),
        ),
        (
            officer(),
            change(&|r| r.alerts = vec![AlertId(Uuid::nil())]),
            Some("invalid_value"),
        ),
        (
            officer(),
            change(&|r| r.alerts = vec![alert; 201]),
            Some("invalid_value"),
        ),
        (officer(), change(&|r| r.areas = Vec::new()), None),
        (ward.clone(), change(&|r| r.areas = vec![area("00118")]), Some("denied")),
        (ward.clone(), change(&|r| r.areas = Vec::new()), Some("denied")),
        (ward.clone(), change(&|r| r.alerts = vec![alert]), Some("invalid_value")),
        (ward, change(&|_| {}), None),
        (citizen, change(&|_| {}), Some("denied")),
        (officer(), change(&|r| r.register = Some(org("ubnd-00070"))), None),
    ] {
        let answer = stage.incidents.open(&actor, request.clone()).await;
        assert_eq!(answer.map_err(|error| error.code()).err(), code, "{request:?}");
    }
    let serials: Vec<_> = stage
        .all()
        .await
        .iter()
        .map(|stored| stored.incident.number.to_string())
        .collect();
    assert_eq!(serials.len(), 3);
    assert_eq!(
        serials.iter().filter(|number| *number == "SC-2025-00001").count(),
        2,
        "one of each register"
    );
    let assign = Command::Assign {
        org: org("nobody"),
        person: None,
        lead: false,
        text: None,
    };
    let error = stage.act(&stage.all().await[0], assign).await.unwrap_err();
    assert!(matches!(error, IncidentError::Invalid { field: "org", .. }), "{error}");
}

#[tokio::test]
async fn an_alert_belongs_to_one_active_incident() {
    let stage = Stage::new();
    stage.hear(&[signal("g1", Change::Raised, 4, 0)]).await;
    let (first, alert) = (stage.only().await, stage.alert_ids().await[0]);
    let from_alert = || Request {
        alerts: vec![alert],
        ..Request::default()
    };
    let held = |error: IncidentError| match error {
        IncidentError::LinkedElsewhere { incident, number, .. } => (incident, number),
        other => panic!("{other}"),
    };
    let named = (Some(first.incident.id), Some("SC-2025-00001".to_owned()));
    assert_eq!(held(stage.open(from_alert()).await.unwrap_err()), named);
    let mut fire = call();
    fire.kind = Some("fire".into());
    let second = stage.open(fire).await.unwrap();
    let link = |id: IncidentId| stage.link(id, vec![alert]);
    assert_eq!(held(link(second.incident.id).await.unwrap_err()), named);
    // when the first one is closed the alert is free, and then the first one cannot be reopened
    stage.act(&first, command("close").unwrap()).await.unwrap();
    link(second.incident.id).await.unwrap();
    let (incident, _) = held(stage.act(&first, command("reopen").unwrap()).await.unwrap_err());
    assert_eq!(incident, Some(second.incident.id));
    stage.act(&second, command("close").unwrap()).await.unwrap();
    stage.act(&first, command("reopen").unwrap()).await.unwrap();
    // linking again what is linked already
    let error = link(first.incident.id).await.unwrap_err();
    assert!(
        matches!(error, IncidentError::Invalid { field: "alerts", .. }),
        "{error}"
    );
}

#[tokio::test]
async fn a_foreign_incident_that_holds_an_alert_is_not_named() {
    let stage = Stage::new();
    let mut secret = call();
    secret.kind = Some("fire".into());
    secret.areas = vec![area("00118")];
    stage.publish(&[signal("g1", Change::Raised, 2, 0)]).await;
    let alert = stage.alert_ids().await[0];
    let opened = stage.open(secret).await.unwrap();
    // nobody but the city sees both: take the ward away from it
    let mut wide = opened.incident.clone();
    stage.link(wide.id, vec![alert]).await.unwrap();
    wide = stage.only().await.incident;
    wide.areas = vec![area("00118")];
    let put = ports::records::Change::Put {
        collection: incident::record::INCIDENTS,
        key: wide.id.to_string(),
        expect: ports::records::Expect::Any,
        body: incident::record::write(&wide).unwrap(),
        indexes: incident::record::indexes(&wide),
    };
    let changes = ports::records::Transaction {
        changes: vec![put],
        ..Default::default()
    };
    ports::records::Records::commit(&stage.engine, changes).await.unwrap();
    let ward = somebody("duty_officer", Some(&["00070"]), Classification::Restricted);
    let request = Request {
        alerts: vec![alert],
        ..Request::default()
    };
    let error = stage.incidents.open(&ward, request).await.unwrap_err();
    assert!(
        matches!(
            error,
            IncidentError::LinkedElsewhere {
                incident: None,
                number: None,
                ..
            }
        ),
        "{error:?}"
    );
}

#[tokio::test]
async fn an_act_on_an_older_version_is_refused_when_the_caller_asks_for_it() {
    let stage = Stage::new();
    let stored = stage.open(call()).await.unwrap();
    let id = stored.incident.id;
    let note = || Wish::Act(command("note").unwrap());
    let judge = async || stage.incidents.act(&officer(), id, note(), Some(1)).await;
    assert_eq!(judge().await.unwrap().version, 2);
    let error = judge().await.unwrap_err();
    assert!(
        matches!(
            error,
            IncidentError::Changed {
                expected: 1,
                found: 2,
                state: "open"
            }
        ),
        "{error}"
    );
    let unknown = stage
        .incidents
        .act(&officer(), IncidentId(Uuid::nil()), note(), None)
        .await
        .unwrap_err();
    assert!(matches!(unknown, IncidentError::NotFound));
}

#[tokio::test]
async fn a_key_opens_once_and_only_for_what_it_was_used_for() {
    let stage = Stage::new();
    let with = |asked: u128| Request {
        key: Some(Key {
            key: "call-17".into(),
            asked: Uuid::from_u128(asked),
        }),
        ..call()
    };
    let first = stage.open(with(1)).await.unwrap();
    let noted = stage.act(&first, command("note").unwrap()).await.unwrap();
    assert_eq!(stage.open(with(1)).await.unwrap(), noted, "as it is now");
    let error = stage.open(with(2)).await.unwrap_err();
    assert_eq!(error.code(), "idempotency_key_reused");
    let mut other = officer();
    other.id = kernel::actor::ActorId::Person(kernel::id::PersonId(Uuid::from_u128(43)));
    assert_ne!(
        stage.incidents.open(&other, with(1)).await.unwrap().incident.id,
        first.incident.id
    );
    assert_eq!(stage.all().await.len(), 2);
}

#[tokio::test]
async fn a_consumer_that_is_late_does_not_open_what_a_person_opened() {
    let stage = Stage::new();
    stage.publish(&[signal("g1", Change::Raised, 4, 0)]).await;
    let request = Request {
        alerts: stage.alert_ids().await,
        ..Request::default()
    };
    let opened = stage.open(request).await.unwrap();
    assert_eq!(
        (opened.incident.kind.as_str(), opened.incident.severity.level()),
        ("flood_depth", 4)
    );
    stage.settle().await;
    assert_eq!(stage.only().await, opened);
    // and news after that are heard
    stage.hear(&[signal("g1", Change::Cleared, 4, 60)]).await;
    assert_eq!(stage.only().await.incident.going_on(), 0);
}

#[tokio::test]
async fn without_a_limit_alerts_only_join() {
    let stage = Stage::new();
    let quiet = stage.quiet_watch();
    stage.publish(&[signal("g1", Change::Raised, 5, 0)]).await;
    quiet.react(stage.waiting().await).await.unwrap();
    assert!(stage.all().await.is_empty());
    stage.open(call()).await.unwrap();
    stage.publish(&[signal("g2", Change::Raised, 5, 9)]).await;
    quiet.react(stage.waiting().await).await.unwrap();
    assert_eq!(stage.only().await.incident.linked.len(), 1);
}
