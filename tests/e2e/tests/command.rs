//! A command to a pump: given at the console, held against its interlock, heard and answered by a client that others wrote.

use anyhow::{Context, Result};
use e2e::mosquitto::Mosquitto;
use e2e::person::{PASSWORD, Person};
use e2e::server::Server;
use e2e::site::Site;
use reqwest::Method;
use serde_json::{Value, json};
use std::path::PathBuf;

const COMMANDS: &str = "/api/v1/devices/pump-1/commands";

async fn give(person: &Person, on: bool, deadline_s: u32) -> Result<Value> {
    let body = json!({ "name": "pump.set", "params": { "on": on }, "deadline_s": deadline_s });
    person.ask(Method::POST, COMMANDS, Some(body)).await?.json(202)
}

async fn pump(site: &Site, server: &Server) -> Result<PathBuf> {
    site.device(server, "pump-1", &["--profile", "pump"]).await?;
    site.certificate("pump-1").await
}

fn id(command: &Value) -> Result<String> {
    Ok(command["id"].as_str().context("a command has an id")?.to_owned())
}

#[tokio::test]
async fn a_pump_that_comes_hears_its_command_and_answers() -> Result<()> {
    let site = Site::new()?;
    let server = site.start().await?;
    let person = server.first_person().await?;
    let folder = pump(&site, &server).await?;
    let mqtts = server.addresses.mqtts;
    let known = |client: Mosquitto| client.trusting(&folder.join("ca.crt")).showing(&folder, "pump-1");
    let device = person.get("/api/v1/devices/pump-1").await?;
    assert_eq!(
        (&device["presence"], &device["expected_every_s"]),
        (&json!("never"), &json!(60))
    );

    // nobody knows whether there is water: it may not start, and the refusal is in the audit log with the rest
    let on = json!({ "name": "pump.set", "params": { "on": true } });
    let refused = person.ask(Method::POST, COMMANDS, Some(on)).await?;
    assert_eq!(refused.problem(409)?, "interlock");
    let level = json!([{ "n": "level", "u": "m", "v": 1.0 }]).to_string();
    assert!(known(Mosquitto::up(mqtts, "5", "pump-1", &level)).publish().await?.good);
    assert_eq!(person.get("/api/v1/devices/pump-1").await?["presence"], "alive");
    assert_eq!(person.list("/api/v1/devices?presence=alive").await?.len(), 1);

    let mut events = person.follow("/api/v1/events?types=command.", None).await?;
    assert_eq!(events.next().await?.context("no event")?.kind, "open");
    for (version, ok, end) in [("5", true, "done"), ("311", false, "refused")] {
        let given = give(&person, true, 300).await?;
        let path = format!("/api/v1/commands/{}", id(&given)?);
        assert_eq!((&given["state"], &given["by"]), (&json!("queued"), &json!(person.id)));
        assert_eq!(events.next().await?.context("no event")?.kind, "command.queued.v1");

        // the pump was away; it connects, subscribes, and hears what waits for it
        let heard = known(Mosquitto::down(mqtts, version, "pump-1")).listen().await?;
        assert!(heard.good, "{}", heard.said);
        let heard: Value = serde_json::from_str(&heard.said).with_context(|| heard.said.clone())?;
        let expected =
            json!({ "id": given["id"], "name": "pump.set", "params": { "on": true }, "deadline": given["deadline"] });
        assert_eq!(heard, expected, "MQTT {version}");
        assert_eq!(events.next().await?.context("no event")?.kind, "command.sent.v1");

        let answer = json!({ "id": given["id"], "ok": ok, "reason": (!ok).then_some("quá nhiệt") }).to_string();
        for _ in 0..2 {
            let answered = known(Mosquitto::answer(mqtts, version, "pump-1", &answer))
                .publish()
                .await?;
            assert!(answered.good, "{}", answered.said);
        }
        let mut next = events.next().await?.context("no event")?;
        while next.kind == "command.sent.v1" {
            // the connection before was not gone yet, and it went once more
            next = events.next().await?.context("no event")?;
        }
        assert_eq!(next.kind, format!("command.{end}.v1"));
        let settled = person.get(&path).await?;
        assert_eq!((&settled["state"], &settled["answer"]["ok"]), (&json!(end), &json!(ok)));
        let lines = settled["timeline"].as_array().context("no timeline")?;
        let answers: Vec<_> = lines.iter().filter(|line| line["act"] == "answered").collect();
        assert_eq!(answers.len(), 1, "the repeated answer adds nothing: {lines:?}");
        assert_eq!(answers[0]["by"], "device:pump-1");
    }
    let listed = person.list(COMMANDS).await?;
    let states: Vec<_> = listed.iter().map(|command| &command["state"]).collect();
    assert_eq!(states, ["refused", "done"]);
    assert_eq!(
        server
            .metric("hanoi_ioc_device_answers_total{outcome=\"repeated\"}")
            .await?,
        2.0
    );

    // a gauge cannot answer for the pump
    site.gauge(&server, "gauge-1").await?;
    site.certificate("gauge-1").await?;
    let waiting = give(&person, false, 300).await?;
    let forged = json!({ "id": waiting["id"], "ok": true }).to_string();
    let stranger = Mosquitto::answer(mqtts, "311", "pump-1", &forged).trusting(&folder.join("ca.crt"));
    assert!(!stranger.showing(&folder, "gauge-1").publish().await?.good);
    assert_eq!(
        person.get(&format!("/api/v1/commands/{}", id(&waiting)?)).await?["state"],
        "queued"
    );
    Ok(())
}

#[tokio::test]
async fn what_waits_survives_a_kill_and_what_is_too_late_expires() -> Result<()> {
    let site = Site::new()?;
    let server = site.start().await?;
    let person = server.first_person().await?;
    let folder = pump(&site, &server).await?;
    let (long, short) = (give(&person, false, 600).await?, give(&person, false, 1).await?);
    server.kill().await?;

    let server = site.start().await?;
    let person = Person::sign_in(&server, PASSWORD).await?;
    let mut events = person.follow("/api/v1/events?types=command.expired", Some("0")).await?;
    assert_eq!(events.next().await?.context("no event")?.kind, "open");
    let expired = events.next().await?.context("no event")?;
    assert_eq!(
        (expired.kind.as_str(), &expired.data["data"]["id"]),
        ("command.expired.v1", &short["id"])
    );
    let listener = Mosquitto::down(server.addresses.mqtts, "5", "pump-1").trusting(&folder.join("ca.crt"));
    let heard = listener.showing(&folder, "pump-1").listen().await?;
    let heard: Value = serde_json::from_str(&heard.said).with_context(|| heard.said.clone())?;
    assert_eq!(heard["id"], long["id"]);
    Ok(())
}
