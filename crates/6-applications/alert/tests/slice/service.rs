//! Who may do what, who sees what, and what happens when two are at it at once.

use crate::script::command;
use crate::signals::{area, signal};
use crate::stage::{Stage, officer, somebody};
use alert::error::AlertError;
use alert::record::{ALERTS, indexes, write};
use alert::store::Filter;
use kernel::classification::Classification;
use kernel::error::Classified;
use kernel::id::{AlertId, TenantId};
use kernel::signal::Change;
use ports::records::{Change as Write, Expect, Transaction};
use uuid::Uuid;

#[tokio::test]
async fn roles_decide_who_looks_and_who_acts() {
    let stage = Stage::new();
    stage.hear(&[signal("g", "a", Change::Raised, 3, 0)]).await;
    let id = stage.only().await.alert.id;
    for (role, looks, acts) in [
        ("duty_officer", true, true),
        ("administrator", true, false),
        ("ward_leader", true, true),
        ("service", true, true),
        ("leader", true, false),
        ("device", false, false),
        ("", false, false),
    ] {
        let actor = somebody(role, None, Classification::Restricted);
        let comment = command("comment", 1).unwrap();
        let code = |error: AlertError| error.code();
        let denied = |allowed: bool| if allowed { None } else { Some("denied") };
        assert_eq!(
            stage.alerts.one(&actor, id).await.map_err(code).err(),
            denied(looks),
            "{role}"
        );
        let list = stage.alerts.list(&actor, &Filter::default(), None, 10).await;
        assert_eq!(list.map_err(code).err(), denied(looks), "{role}");
        assert_eq!(
            stage.alerts.act(&actor, id, comment, None).await.map_err(code).err(),
            denied(acts),
            "{role}"
        );
    }
}

#[tokio::test]
async fn what_one_may_not_see_is_not_there() {
    let stage = Stage::new();
    let mut secret = signal("secret", "s", Change::Raised, 4, 0);
    secret.classification = Classification::Restricted;
    let mut elsewhere = signal("elsewhere", "e", Change::Raised, 4, 0);
    elsewhere.areas = vec![area("00118"), area("00160")];
    let mut whole_city = signal("whole", "w", Change::Raised, 4, 0);
    whole_city.areas = Vec::new();
    stage
        .hear(&[secret, elsewhere, whole_city, signal("near", "n", Change::Raised, 4, 0)])
        .await;
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
        let (seen, _) = stage.alerts.list(&actor, &Filter::default(), None, 10).await.unwrap();
        let mut groups: Vec<_> = seen.iter().map(|stored| stored.alert.group.as_str()).collect();
        groups.sort_unstable();
        assert_eq!(groups, expected, "{:?}", actor.scope);
        for stored in stage.all().await {
            let one = stage.alerts.one(&actor, stored.alert.id).await;
            assert_eq!(one.is_ok(), expected.contains(&stored.alert.group.as_str()));
            assert!(
                one.is_ok() || matches!(one, Err(AlertError::NotFound)),
                "not there, rather than forbidden"
            );
        }
    }
}

#[tokio::test]
async fn an_act_on_an_older_version_is_refused_when_the_caller_asks_for_it() {
    let stage = Stage::new();
    stage.hear(&[signal("g", "a", Change::Raised, 3, 0)]).await;
    stage.hear(&[signal("g", "a", Change::Raised, 4, 1)]).await;
    let id = stage.only().await.alert.id;
    let ack = || command("ack", 1).unwrap();
    let error = stage.alerts.act(&officer(), id, ack(), Some(1)).await.unwrap_err();
    assert!(
        matches!(
            error,
            AlertError::Changed {
                expected: 1,
                found: 2,
                state: "raised"
            }
        ),
        "{error}"
    );
    assert_eq!(
        stage.alerts.act(&officer(), id, ack(), Some(2)).await.unwrap().version,
        3
    );
    let unknown = stage
        .alerts
        .act(&officer(), AlertId(Uuid::nil()), ack(), None)
        .await
        .unwrap_err();
    assert!(matches!(unknown, AlertError::NotFound));
}

#[tokio::test]
async fn an_act_is_decided_anew_when_something_got_in_between() {
    for (judged, code) in [(None, None), (Some(1), Some("changed_meanwhile"))] {
        let stage = Stage::new();
        stage.hear(&[signal("g", "a", Change::Raised, 3, 0)]).await;
        let mut stored = stage.only().await;
        stored.alert.signals = 99;
        let put = Write::Put {
            collection: ALERTS,
            key: stored.alert.id.to_string(),
            expect: Expect::Version(1),
            body: write(&stored.alert).unwrap(),
            indexes: indexes(&stored.alert),
        };
        *stage.meddler.first.lock().unwrap() = Some(Transaction {
            changes: vec![put],
            ..Transaction::default()
        });
        let answer = stage
            .alerts
            .act(&officer(), stored.alert.id, command("ack", 1).unwrap(), judged)
            .await;
        assert_eq!(answer.as_ref().map_err(|error| error.code()).err(), code);
        let end = stage.only().await;
        assert_eq!(
            (end.alert.signals, end.version),
            (99, if code.is_none() { 3 } else { 2 })
        );
    }
}
