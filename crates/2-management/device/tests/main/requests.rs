//! Commands that descend through the journal: what a scenario publishes becomes a command, once.

use crate::ground::{Ground, Way, gov, id, officer, pump};
use chassis::consumer::React;
use device::react::{CONSUMER, Requests};
use kernel::actor::ActorId;
use kernel::command::Command;
use kernel::fact::Fact;
use kernel::id::{CommandId, TenantId};
use kernel::time::Timestamp;
use ports::records::Transaction;
use serde_json::{Value, json};
use std::time::Duration;
use uuid::Uuid;

fn asked(now: Timestamp, number: u128, device: &str, arguments: Value) -> Command {
    Command {
        id: CommandId(Uuid::from_u128(number)),
        device: id(device),
        name: "pump.set".into(),
        arguments,
        by: ActorId::Service("scenario".into()),
        deadline: now.plus(Duration::from_secs(60)),
    }
}

async fn publish(ground: &Ground, facts: Vec<Fact>) {
    let transaction = Transaction {
        facts,
        ..Transaction::default()
    };
    ground.tenant.records.commit(transaction).await.unwrap();
}

async fn settle(ground: &Ground, way: &Way) {
    let requests = Requests::new(way.commands.clone());
    loop {
        let cursor = ground.tenant.journal.cursor(CONSUMER).await.unwrap();
        let entries = ground
            .tenant
            .journal
            .read(cursor, requests.kinds(), 1_000)
            .await
            .unwrap();
        if entries.is_empty() {
            return;
        }
        requests.react(entries).await.unwrap();
    }
}

#[tokio::test]
async fn requests_become_commands_or_are_turned_away_with_a_reason() {
    let ground = Ground::with([pump("pump-1", &["00070"])]).await;
    let way = ground.way();
    way.values.set("pump-1", "level", 1.0, ground.devices.now());
    let now = ground.devices.now();
    let mut unknown = asked(now, 5, "pump-1", json!({}));
    unknown.name = "pump.explode".into();
    let mut late = asked(now, 6, "pump-1", json!({ "on": false }));
    late.deadline = now;
    let mut facts: Vec<Fact> = [
        asked(now, 1, "pump-1", json!({ "on": true })),
        asked(now, 2, "pump-1", json!({ "on": 1 })),
        asked(now, 3, "pump-1", json!([1])),
        asked(now, 4, "nobody", json!({ "on": true })),
        unknown,
        late,
    ]
    .iter()
    .map(|command| Fact::from_command(command, &gov(), now))
    .collect();
    // somebody else's name, another tenant, and no command at all
    let mut forged = Fact::from_command(&asked(now, 7, "pump-1", json!({ "on": false })), &gov(), now);
    forged.actor = ActorId::Anonymous;
    let foreign = TenantId::new("party").unwrap();
    let foreign = Fact::from_command(&asked(now, 8, "pump-1", json!({ "on": false })), &foreign, now);
    let mut broken = Fact::from_command(&asked(now, 9, "pump-1", json!({})), &gov(), now);
    broken.data = json!("on");
    facts.extend([forged, foreign, broken]);
    publish(&ground, facts).await;
    settle(&ground, &way).await;

    let listed = way.commands.list(&officer(), "pump-1", None, 100).await.unwrap().0;
    let mut found: Vec<_> = listed
        .iter()
        .map(|stored| {
            let command = &stored.command;
            let why = command.phase.why().map_or("", |why| why.code.as_str());
            (command.id.0.as_u128(), command.phase.code(), why)
        })
        .collect();
    found.sort_unstable();
    assert_eq!(
        found,
        [
            (1, "queued", ""),
            (2, "refused", "command_unfit"),
            (3, "refused", "command_unfit"),
            (5, "refused", "command_unknown"),
            (6, "refused", "command_unfit"),
        ]
    );
    assert_eq!(way.connect("pump-1").await, 1);
    let got = way.line.got();
    assert_eq!(got[0].0["params"], json!({ "on": true }));
    let sent = way
        .commands
        .one(&officer(), CommandId(Uuid::from_u128(1)))
        .await
        .unwrap();
    assert_eq!(sent.command.by, ActorId::Service("scenario".into()));
}

#[tokio::test]
async fn the_same_request_again_changes_nothing() {
    let ground = Ground::with([pump("pump-1", &["00070"])]).await;
    let (way, now) = (ground.way(), ground.devices.now());
    let request = Fact::from_command(&asked(now, 1, "pump-1", json!({ "on": false })), &gov(), now);
    publish(&ground, vec![request]).await;
    let requests = Requests::new(way.commands.clone());
    let entries = ground.tenant.journal.read(0, requests.kinds(), 10).await.unwrap();
    // as after a crash that lost the cursor, and twice in one batch
    let twice = [entries.clone(), entries.clone()].concat();
    requests.react(twice).await.unwrap();
    requests.react(entries).await.unwrap();
    assert_eq!(ground.told().await, ["requested", "queued"]);
}
