//! Sessions of MQTT that outlive the program: killed in the middle of QoS 2, it begins where it was.

use anyhow::{Context, Result};
use e2e::packets::{AGAIN, PUBCOMP, PUBLISH, PUBREC, PUBREL, Packets};
use e2e::person::{PASSWORD, Person};
use e2e::site::Site;
use reqwest::Method;
use serde_json::{Value, json};

/// A depth without a time: it gets the time of its arrival, so that nothing but QoS 2 keeps it from being stored twice.
fn depth(metres: f64) -> String {
    json!([{ "n": "depth", "u": "m", "v": metres }]).to_string()
}

#[tokio::test]
async fn a_session_with_qos_2_outlives_a_kill() -> Result<()> {
    let site = Site::new()?;
    let server = site.start().await?;
    let person = server.first_person().await?;
    let (mut pumps, mut gauges) = (Vec::new(), Vec::new());
    for v5 in [false, true] {
        let name = |kind: &str| format!("{kind}-{}", if v5 { "5" } else { "311" });
        pumps.push((v5, site.device(&server, &name("pump"), &["--profile", "pump"]).await?));
        gauges.push((v5, site.gauge(&server, &name("gauge")).await?));
    }

    // pumps listen once and go away
    for (v5, pump) in &pumps {
        let mut talk = Packets::connect(&server, pump, *v5).await?;
        assert!(!talk.present, "{}", pump.id);
        talk.subscribe(&format!("devices/{}/down", pump.id)).await?;
    }
    e2e::moment::until("both are away", async || {
        Ok((server.metric("hanoi_ioc_mqtt_connections").await? == 0.0).then_some(()))
    })
    .await?;
    let mut given = Vec::new();
    for (_, pump) in &pumps {
        let body = json!({ "name": "pump.set", "params": { "on": false }, "deadline_s": 600 });
        let path = format!("/api/v1/devices/{}/commands", pump.id);
        given.push(person.ask(Method::POST, &path, Some(body)).await?.json(202)?);
    }

    // gauges have one publish that was received and not released, one that nobody knows of, and one that is done
    let up = |id: &str| format!("devices/{id}/up");
    for (v5, gauge) in &gauges {
        let mut talk = Packets::connect(&server, gauge, *v5).await?;
        let topic = up(&gauge.id);
        talk.publish(PUBLISH, &topic, 1, &depth(0.1)).await?;
        talk.hear(PUBREC, 1).await?;
        talk.say(PUBREL, 1).await?;
        talk.hear(PUBCOMP, 1).await?;
        talk.publish(PUBLISH, &topic, 7, &depth(0.2)).await?;
        talk.hear(PUBREC, 7).await?;
        talk.publish(PUBLISH, &topic, 8, &depth(0.3)).await?;
    }
    server.kill().await?;

    let server = site.start().await?;
    for ((v5, pump), given) in pumps.iter().zip(&given) {
        let mut talk = Packets::connect(&server, pump, *v5).await?;
        assert!(talk.present, "{}", pump.id);
        // it does not subscribe again
        let came = talk.message().await?;
        assert_eq!((came.first, came.topic), (PUBLISH, format!("devices/{}/down", pump.id)));
        let order: Value = serde_json::from_slice(&came.payload)?;
        assert_eq!(order["id"], given["id"], "{}", pump.id);
        talk.say(PUBREC, came.id).await?;
        talk.hear(PUBREL, came.id).await?;
        talk.say(PUBCOMP, came.id).await?;
        let answer = json!({ "id": given["id"], "ok": true }).to_string();
        talk.publish(PUBLISH, &format!("devices/{}/answers", pump.id), 1, &answer)
            .await?;
        talk.hear(PUBREC, 1).await?;
        let person = Person::sign_in(&server, PASSWORD).await?;
        let id = given["id"].as_str().context("a command has an id")?;
        assert_eq!(person.get(&format!("/api/v1/commands/{id}")).await?["state"], "done");
    }
    for (v5, gauge) in &gauges {
        let mut talk = Packets::connect(&server, gauge, *v5).await?;
        assert!(talk.present, "{}", gauge.id);
        for (id, metres) in [(7, 0.2), (8, 0.3)] {
            talk.publish(AGAIN, &up(&gauge.id), id, &depth(metres)).await?;
            talk.hear(PUBREC, id).await?;
            talk.say(PUBREL, id).await?;
            talk.hear(PUBCOMP, id).await?;
        }
        // the id is free: this is another message
        talk.publish(PUBLISH, &up(&gauge.id), 7, &depth(0.2)).await?;
        talk.hear(PUBREC, 7).await?;
    }

    assert!(server.terminate().await?.success());
    let dump = site.run(["log", "dump"]).await?.good()?;
    for (_, gauge) in &gauges {
        let mut values = Vec::new();
        for line in dump.lines() {
            let row: Value = serde_json::from_str(line)?;
            if row["device"] == gauge.id {
                values.push(row["value"].as_f64().context("no value")?);
            }
        }
        assert_eq!(values, [0.1, 0.2, 0.3, 0.2], "{}: each once, and the new one", gauge.id);
    }
    Ok(())
}
