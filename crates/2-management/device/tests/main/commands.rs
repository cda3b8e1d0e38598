//! Commands on the real engine: from the order over the connection to the answer, with devices that come and go.

use crate::ground::{Ground, Way, administrator, gauge, of_areas, officer, pump};
use device::error::DeviceError;
use device::model::DeviceState;
use device::record::command::Stored;
use device::service::command::{MAX_OPEN, Request};
use driver::command::{Answer, Answers, NotKept};
use kernel::actor::Actor;
use kernel::error::{Classified, ErrorKind};
use kernel::id::CommandId;
use kernel::submission::{Sender, SpeaksFor};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use testkit::faulty_records::{FaultyRecords, RecordsFaults};
use uuid::Uuid;

fn set(on: bool) -> Request {
    Request {
        name: "pump.set".into(),
        params: [("on".to_owned(), json!(on))].into(),
        deadline_s: 30,
        key: None,
    }
}

async fn ground() -> (Ground, Way) {
    let ground = Ground::with([
        pump("pump-1", &["00070"]),
        pump("pump-2", &["00100"]),
        gauge("gauge-1", &[]),
    ])
    .await;
    let way = ground.way();
    for device in ["pump-1", "pump-2"] {
        way.values.set(device, "level", 1.0, ground.devices.now());
    }
    (ground, way)
}

async fn order(way: &Way, on: bool) -> CommandId {
    let stored = way.commands.order(&officer(), "pump-1", set(on)).await.unwrap();
    stored.command.id
}

async fn state(way: &Way, id: CommandId) -> &'static str {
    one(way, id).await.command.phase.code()
}

async fn one(way: &Way, id: CommandId) -> Stored {
    way.commands.one(&officer(), id).await.unwrap()
}

fn pass(ground: &Ground, seconds: u64) {
    ground.clock.advance(Duration::from_secs(seconds));
}

#[tokio::test]
async fn a_device_that_listens_gets_it_at_once_and_answers() {
    let (ground, way) = ground().await;
    way.line.listens("pump-1", true);
    let id = order(&way, true).await;
    assert_eq!(state(&way, id).await, "queued");
    assert_eq!(way.dispatch.turn().await.unwrap(), 1);
    let got = way.line.got();
    let deadline = ground.devices.now().plus(Duration::from_secs(30)).to_string();
    assert_eq!(
        got,
        [(
            json!({ "id": id.to_string(), "name": "pump.set", "params": { "on": true }, "deadline": deadline }),
            30
        )]
    );
    assert_eq!(state(&way, id).await, "sent");
    assert_eq!(way.dispatch.turn().await.unwrap(), 0, "it goes once");
    way.answer("pump-1", id, true, None).await;
    way.answer("pump-1", id, true, None).await;
    let stored = one(&way, id).await;
    assert_eq!((stored.command.phase.code(), stored.version), ("done", 3));
    assert_eq!(ground.told().await, ["queued", "sent", "done"]);
}

#[tokio::test]
async fn a_device_that_is_away_gets_it_when_it_comes_and_not_after_its_deadline() {
    let (ground, way) = ground().await;
    let (first, second) = (order(&way, true).await, order(&way, false).await);
    assert_eq!(way.dispatch.turn().await.unwrap(), 0);
    assert_eq!(state(&way, first).await, "queued");
    pass(&ground, 10);
    assert_eq!(way.connect("pump-1").await, 2);
    let got = way.line.got();
    let ids: Vec<_> = got
        .iter()
        .map(|(payload, left)| (payload["id"].as_str().unwrap(), *left))
        .collect();
    assert_eq!(
        ids,
        [(first.to_string().as_str(), 20), (second.to_string().as_str(), 20)],
        "in their order"
    );
    way.answer("pump-1", first, true, None).await;

    // it breaks and comes back: what it has not answered comes again
    way.line.listens("pump-1", false);
    pass(&ground, 5);
    assert_eq!(way.connect("pump-1").await, 1);
    let got = way.line.got();
    assert_eq!(
        (got.len(), got[0].0["id"].as_str()),
        (1, Some(second.to_string().as_str()))
    );
    assert_eq!(one(&way, second).await.command.sent, 2);

    pass(&ground, 15);
    way.dispatch.turn().await.unwrap();
    assert_eq!(state(&way, second).await, "sent", "the deadline itself is in time");
    pass(&ground, 1);
    way.connect("pump-1").await;
    assert_eq!((state(&way, second).await, way.line.got().len()), ("expired", 0));
    way.answer("pump-1", second, true, None).await;
    let late = one(&way, second).await.command;
    assert_eq!(
        (late.phase.code(), late.timeline.len(), late.answer.unwrap().ok),
        ("expired", 5, true)
    );
    assert_eq!(
        ground.told().await,
        [
            "queued",
            "queued",
            "sent",
            "sent",
            "done",
            "sent",
            "expired",
            "answered_late"
        ]
    );
}

#[tokio::test]
async fn what_hinders_is_looked_at_when_it_is_ordered_and_when_it_goes() {
    let (ground, way) = ground().await;
    way.values.set("pump-1", "level", 0.1, ground.devices.now());
    let error = way.commands.order(&officer(), "pump-1", set(true)).await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Conflict, "interlock"));
    way.values.set("pump-1", "level", 1.0, ground.devices.now());
    let (on, off) = (order(&way, true).await, order(&way, false).await);
    // while it waits the water goes
    way.values.set("pump-1", "level", 0.1, ground.devices.now());
    assert_eq!(way.connect("pump-1").await, 1);
    let refused = one(&way, on).await.command;
    assert_eq!(
        (refused.phase.code(), refused.phase.why().unwrap().code.as_str()),
        ("refused", "interlock")
    );
    assert_eq!(way.line.got()[0].0["id"], off.to_string());

    let boss = administrator();
    ground
        .devices
        .set_state(&boss, "pump-1", DeviceState::Blocked)
        .await
        .unwrap();
    let error = way.commands.order(&officer(), "pump-1", set(false)).await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Conflict, "device_blocked"));
}

#[tokio::test]
async fn a_command_that_is_too_long_fails_and_holds_up_nobody() {
    let (_ground, way) = ground().await;
    way.line.listens("pump-1", true);
    *way.line.max.lock().unwrap() = Some(10);
    let id = order(&way, true).await;
    assert_eq!(way.dispatch.turn().await.unwrap(), 0);
    let failed = one(&way, id).await.command;
    assert_eq!(
        (failed.phase.code(), failed.phase.why().unwrap().code.as_str()),
        ("failed", "message_too_long")
    );
    *way.line.max.lock().unwrap() = None;
    let next = order(&way, false).await;
    assert_eq!(way.dispatch.turn().await.unwrap(), 1);
    assert_eq!(state(&way, next).await, "sent");
}

#[tokio::test]
async fn answers_to_nothing_and_of_others_change_nothing() {
    let (ground, way) = ground().await;
    let id = order(&way, true).await;
    way.answer("pump-1", CommandId(Uuid::from_u128(9)), true, None).await;
    way.answer("pump-2", id, true, None).await;
    assert_eq!(state(&way, id).await, "queued");
    assert_eq!(ground.told().await, ["queued"]);
}

#[tokio::test]
async fn only_who_may_gives_commands_and_sees_them() {
    let (ground, way) = ground().await;
    let id = order(&way, true).await;
    let role = |role: &str| {
        let mut actor = officer();
        actor.roles = [role.to_owned()].into();
        actor
    };
    let device = Actor::device(&crate::ground::id("pump-1"), &crate::ground::gov());
    for (who, order, see) in [
        (officer(), None, None),
        (administrator(), Some("denied"), None),
        (role("leader"), Some("denied"), None),
        (role("viewer"), Some("denied"), Some("denied")),
        (device, Some("denied"), Some("denied")),
        (of_areas(&["00070"]), None, None),
        (of_areas(&["00100"]), Some("not_found"), Some("not_found")),
        (of_areas(&[]), Some("not_found"), Some("not_found")),
    ] {
        let code = |error: DeviceError| error.code();
        let ordered = way.commands.order(&who, "pump-1", set(false)).await.map_err(code);
        assert_eq!(ordered.err(), order, "{who:?}");
        let seen = way.commands.one(&who, id).await.map_err(code);
        assert_eq!(seen.err(), see, "{who:?}");
        let listed = way.commands.list(&who, "pump-1", None, 10).await.map_err(code);
        assert_eq!(listed.err(), see, "{who:?}");
    }
    let unknown = way
        .commands
        .one(&officer(), CommandId(Uuid::from_u128(9)))
        .await
        .unwrap_err();
    let hidden = way.commands.one(&of_areas(&["00100"]), id).await.unwrap_err();
    assert_eq!(unknown.to_string(), hidden.to_string(), "hidden and unknown read alike");
    assert!(
        way.commands.order(&officer(), "gauge-1", set(true)).await.is_err(),
        "a gauge takes no command"
    );
    assert_eq!(ground.told().await.len(), 3);
}

#[tokio::test]
async fn no_more_than_a_few_wait_for_one_device() {
    let (ground, way) = ground().await;
    for _ in 0..MAX_OPEN {
        order(&way, false).await;
    }
    let error = way.commands.order(&officer(), "pump-1", set(true)).await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Exhausted, "commands_waiting"));
    assert!(
        way.commands.order(&officer(), "pump-2", set(true)).await.is_ok(),
        "others have their own room"
    );
    pass(&ground, 31);
    way.dispatch.turn().await.unwrap();
    way.values.set("pump-1", "level", 1.0, ground.devices.now());
    order(&way, true).await;
}

#[tokio::test]
async fn the_same_key_gives_one_command() {
    let (ground, way) = ground().await;
    let keyed = |on: bool, asked: u128| Request {
        key: Some(("k".into(), Uuid::from_u128(asked))),
        ..set(on)
    };
    let give = async |request| way.commands.order(&officer(), "pump-1", request).await;
    let (one, two) = tokio::join!(give(keyed(true, 1)), give(keyed(true, 1)));
    assert_eq!(one.unwrap().command.id, two.unwrap().command.id);
    let error = give(keyed(false, 2)).await.unwrap_err();
    assert_eq!(error.code(), "idempotency_key_reused");
    let another = Actor {
        roles: officer().roles,
        ..administrator()
    };
    let other = way.commands.order(&another, "pump-1", keyed(false, 2)).await;
    assert!(other.is_ok(), "another person's key is another key");
    assert_eq!(ground.told().await, ["queued", "queued"]);
}

/// Storage fails between the connection and the record: the device gets it again under the same id, and one answer ends it.
#[tokio::test]
async fn what_was_sent_and_not_written_down_goes_again() {
    let (ground, way) = ground().await;
    let id = order(&way, true).await;
    let broken = RecordsFaults {
        commit_error: 1.0,
        ..RecordsFaults::default()
    };
    let faulty = Arc::new(FaultyRecords::new(Arc::clone(&ground.tenant.records), 7, broken));
    let other = ground.way_over(Arc::<FaultyRecords>::clone(&faulty) as _);
    other.values.set("pump-1", "level", 1.0, ground.devices.now());
    other.line.listens("pump-1", true);
    other.commands.listening(&crate::ground::id("pump-1"));
    assert!(other.dispatch.turn().await.is_err());
    assert_eq!((other.line.got().len(), state(&way, id).await), (1, "queued"));
    faulty.set_faults(RecordsFaults::default());
    assert_eq!(other.dispatch.turn().await.unwrap(), 1);
    let got = other.line.got();
    assert_eq!((got.len(), &got[0].0["id"]), (1, &json!(id.to_string())));
    other.answer("pump-1", id, true, None).await;
    assert_eq!(ground.told().await, ["queued", "sent", "done"]);
}

/// An answer that cannot be stored is not acknowledged; the device sends it again.
#[tokio::test]
async fn an_answer_that_is_not_durable_is_not_acknowledged() {
    let (ground, way) = ground().await;
    let id = order(&way, true).await;
    let broken = RecordsFaults {
        lost_answer: 1.0,
        ..RecordsFaults::default()
    };
    let faulty = Arc::new(FaultyRecords::new(Arc::clone(&ground.tenant.records), 7, broken));
    let other = ground.way_over(Arc::<FaultyRecords>::clone(&faulty) as _);
    let device = crate::ground::id("pump-1");
    let sender = Sender {
        shown: kernel::submission::Shown::Nothing,
        device: device.clone(),
        speaks_for: Arc::new(SpeaksFor::Itself),
        actor: Arc::new(Actor::device(&device, &crate::ground::gov())),
    };
    let answer = Answer {
        id,
        ok: true,
        result: None,
        reason: None,
    };
    assert_eq!(
        other.commands.answered(&sender, &device, answer.clone()).await,
        Err(NotKept)
    );
    faulty.set_faults(RecordsFaults::default());
    assert_eq!(other.commands.answered(&sender, &device, answer).await, Ok(()));
    assert_eq!((state(&way, id).await, ground.told().await.len()), ("done", 2));
}
