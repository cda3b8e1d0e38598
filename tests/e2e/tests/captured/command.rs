//! A captured command of a person, a captured answer of its device, and a captured incident.

use super::{TIMES, again, field, nothing, only, through};
use anyhow::{Context, Result, ensure};
use e2e::answer::Answer;
use e2e::mosquitto::Mosquitto;
use e2e::packets::{PUBCOMP, PUBREC, PUBREL, Packets};
use e2e::relay::{Relay, altered, replay, replay_request};
use e2e::site::Site;
use reqwest::Method;
use serde_json::{Value, json};

const COMMANDS: &str = "/api/v1/devices/pump-1/commands";

/// Takes the next message to the pump, to its end; gives the id of the command in it.
async fn taken(pump: &mut Packets) -> Result<Value> {
    let came = pump.message().await?;
    pump.say(PUBREC, came.id).await?;
    pump.hear(PUBREL, came.id).await?;
    pump.say(PUBCOMP, came.id).await?;
    let read: Value = serde_json::from_slice(&came.payload)?;
    Ok(read["id"].clone())
}

#[tokio::test]
async fn a_replayed_command_is_given_and_answered_once() -> Result<()> {
    let site = Site::new()?;
    let server = site.start().await?;
    let person = server.first_person().await?;
    let device = site.device(&server, "pump-1", &["--profile", "pump"]).await?;
    let (http, mqtt) = (server.addresses.http, server.addresses.mqtt);
    let (web, line) = (Relay::to(http).await?, Relay::to(mqtt).await?);
    let mut pump = Packets::connect(&server, &device, false).await?;
    pump.subscribe("devices/pump-1/down").await?;
    let facts = async |kind: &str| {
        let name = format!("hanoi_ioc_device_command_facts_total{{type=\"command.{kind}.v1\"}}");
        server.metric(&name).await
    };

    let off = json!({ "name": "pump.set", "params": { "on": false }, "deadline_s": 600 });
    let request = person
        .request(Method::POST, COMMANDS)
        .header("Idempotency-Key", "key-1");
    let given = through(&web, request.json(&off)).await?.json(202)?;
    let id = given["id"].as_str().context("a command has an id")?;
    let captured = web.capture().await?;
    assert_eq!(taken(&mut pump).await?, given["id"]);
    only(&again(http, &captured, field("id")).await?, &format!("202 {id}"));

    // the pump answers, and its answer is captured, too
    let answer = json!({ "id": id, "ok": true }).to_string();
    let say = Mosquitto::answer(line.address, "5", "pump-1", &answer).named("pump-1", &device.token);
    let answered = say.publish().await?;
    ensure!(answered.good, "{}", answered.said);
    let told = line.capture().await?;
    for _ in 0..TIMES {
        replay(mqtt, &told).await?;
    }
    only(&again(http, &captured, field("id")).await?, &format!("202 {id}"));
    let settled = person.get(&format!("/api/v1/commands/{id}")).await?;
    let lines = settled["timeline"].as_array().context("no timeline")?;
    let count = |act: &str| lines.iter().filter(|line| line["act"] == act).count();
    assert_eq!(
        (&settled["state"], count("sent"), count("answered")),
        (&json!("done"), 1, 1)
    );
    let repeated = server
        .metric("hanoi_ioc_device_answers_total{outcome=\"repeated\"}")
        .await?;
    assert_eq!(repeated, TIMES as f64);
    assert_eq!((facts("queued").await?, facts("sent").await?), (1.0, 1.0));

    // the same bytes under another key are another command, and the next thing that the pump hears
    let other = replay_request(http, &altered(&captured, "key-1", "key-2")?).await?;
    assert_eq!(other.0, 202);
    let next = taken(&mut pump).await?;
    assert_eq!(next, field("id")(&other.1).as_str());
    assert_ne!(next, given["id"]);
    assert_eq!((facts("queued").await?, facts("sent").await?), (2.0, 2.0));
    assert_eq!(person.list(COMMANDS).await?.len(), 2);

    // a capture is worth nothing once its person has gone
    let gone = person.ask(Method::DELETE, "/api/v1/session", None).await?;
    ensure!(gone.status < 300, "not signed out: {}", gone.text);
    for bytes in [captured.clone(), altered(&captured, "key-1", "key-3")?] {
        only(&again(http, &bytes, nothing).await?, "401 ");
    }
    assert_eq!(facts("queued").await?, 2.0);
    println!(
        "replay: a command x {} and its answer x {TIMES}: given once, sent once, answered once; after signing out {} x 401",
        2 * TIMES,
        2 * TIMES
    );
    Ok(())
}

#[tokio::test]
async fn a_replayed_incident_is_opened_once() -> Result<()> {
    let site = Site::new()?;
    let server = site.start().await?;
    let person = server.first_person().await?;
    let (door, relay) = (server.addresses.http, Relay::to(server.addresses.http).await?);
    let fire = json!({ "title": "Cháy nhà", "kind": "fire", "severity": 4, "areas": ["00097"] });
    let request = person.request(Method::POST, "/api/v1/incidents");
    let opened: Answer = through(&relay, request.header("Idempotency-Key", "key-1").json(&fire)).await?;
    let opened = opened.json(201)?;
    let captured = relay.capture().await?;
    let id = opened["id"].as_str().context("an incident has an id")?;
    only(&again(door, &captured, field("id")).await?, &format!("201 {id}"));
    assert_eq!(person.list("/api/v1/incidents").await?.len(), 1);
    let other = replay_request(door, &altered(&captured, "key-1", "key-2")?).await?;
    assert_eq!((other.0, person.list("/api/v1/incidents").await?.len()), (201, 2));
    println!("replay: an incident x {TIMES}: opened once");
    Ok(())
}
