//! What was kept in quarantine is sent in again by a person: mended or as it came, once, in the name of its sender.

use anyhow::{Context, Result};
use e2e::answer::Answer;
use e2e::device::{Device, LINE, SENML, depth};
use e2e::moment::now_s;
use e2e::person::{PASSWORD, Person};
use e2e::site::Site;
use reqwest::Method;
use serde_json::{Value, json};

/// The newest item of quarantine.
async fn newest(person: &Person) -> Result<Value> {
    let mut items = person.list("/api/v1/quarantine?limit=1").await?;
    items.pop().context("quarantine is empty")
}

fn id(item: &Value) -> Result<String> {
    Ok(item["id"].as_str().context("an item has an id")?.to_owned())
}

async fn send(person: &Person, item: &str, body: Value) -> Result<Answer> {
    let path = format!("/api/v1/quarantine/{item}/replay");
    person.ask(Method::POST, &path, Some(body)).await
}

/// Keeps a value aside that cannot be.
async fn too_deep(person: &Person, gauge: &Device) -> Result<Value> {
    let refused = gauge.send(SENML, r#"[{"n":"depth","u":"m","v":99}]"#).await?;
    assert_eq!(refused.problem(422)?, "all_items_rejected");
    newest(person).await
}

#[tokio::test]
async fn a_mended_item_goes_in_as_its_sender_and_only_once() -> Result<()> {
    let site = Site::new()?;
    let server = site.start().await?;
    let person = server.first_person().await?;
    let gauge = site.gauge(&server, "gauge-1").await?;
    let item = too_deep(&person, &gauge).await?;
    assert_eq!((&item["whole"], &item["replayed"]), (&json!(true), &Value::Null));
    let name = id(&item)?;

    // exactly what the console sends
    let mended = json!({ "payload": [{ "n": "depth", "u": "cm", "v": 9 }] });
    let records = server.metric("hanoi_ioc_audit_records_total").await?;
    let receipt = send(&person, &name, mended.clone()).await?.json(200)?;
    assert_eq!(server.metric("hanoi_ioc_audit_records_total").await? - records, 1.0);
    assert_eq!((&receipt["accepted"], &receipt["rejected"]), (&json!(1), &json!(0)));
    assert!(receipt["position"]["sequence"].is_u64(), "{receipt}");
    let latest = person.latest("gauge-1", "depth").await?.context("no value")?;
    assert_eq!((&latest["value"], &latest["doubt"]), (&json!(0.09), &json!("untimed")));
    assert_eq!(
        latest["time"], item["at"],
        "it has no time of its own and stands at its arrival"
    );

    let listed = newest(&person).await?;
    let replayed = &listed["replayed"];
    assert_eq!(
        (&replayed["by"], &replayed["mended"]),
        (&json!(person.id), &json!(true))
    );
    assert_eq!((&replayed["receipt"], &listed["raw"]), (&receipt, &item["raw"]));
    for body in [mended.clone(), json!({})] {
        let answer = send(&person, &name, body).await?;
        assert_eq!(answer.problem(409)?, "already_replayed");
        assert_eq!(answer.json(409)?["replayed"]["by"], json!(person.id));
    }

    // the mark and the row are as durable as the answer said
    server.kill().await?;
    let server = site.start().await?;
    let person = Person::sign_in(&server, PASSWORD).await?;
    assert_eq!(newest(&person).await?["replayed"]["receipt"], receipt);
    assert_eq!(send(&person, &name, mended).await?.problem(409)?, "already_replayed");
    assert_eq!(person.latest("gauge-1", "depth").await?, Some(latest));
    Ok(())
}

#[tokio::test]
async fn what_came_too_early_goes_in_as_it_came_with_its_own_time() -> Result<()> {
    let site = Site::new()?;
    let server = site.start().await?;
    let person = server.first_person().await?;
    let args = ["--profile", "flood-gauge", "--speaks-for-everyone"];
    let loader = site.device(&server, "loader", &args).await?;
    let t = now_s() - 3_600;
    let line = format!("depth,device=gauge-9 value=0.1 {t}000000000");
    let mut items = Vec::new();
    for _ in 0..2 {
        loader.send(LINE, line.clone()).await?.problem(422)?;
        items.push(id(&newest(&person).await?)?);
    }
    // not registered yet: wrong again, and kept as an item that names the one it came from
    let receipt = send(&person, &items[0], json!({})).await?.json(200)?;
    assert_eq!((&receipt["accepted"], &receipt["rejected"]), (&json!(0), &json!(1)));
    assert_eq!(receipt["items"][0]["reason"], "unknown_device");
    let new = newest(&person).await?;
    assert_eq!(
        (&new["id"], &new["replay_of"]),
        (&receipt["items"][0]["kept"], &json!(items[0]))
    );
    assert_eq!((&new["sender"], &new["device"]), (&json!("loader"), &json!("gauge-9")));

    site.gauge(&server, "gauge-9").await?;
    let receipt = send(&person, &items[0], json!({})).await?.json(200)?;
    assert_eq!((&receipt["accepted"], &receipt["duplicates"]), (&json!(1), &json!(0)));
    let latest = person.latest("gauge-9", "depth").await?.context("no value")?;
    let time: jiff::Timestamp = latest["time"].as_str().context("no time")?.parse()?;
    assert_eq!((time.as_second(), &latest["value"]), (t, &json!(0.1)));
    // the same row out of another item is there already
    let receipt = send(&person, &items[1], json!({})).await?.json(200)?;
    assert_eq!((&receipt["accepted"], &receipt["duplicates"]), (&json!(0), &json!(1)));
    assert_eq!(
        send(&person, &items[1], json!({})).await?.problem(409)?,
        "already_replayed"
    );
    assert_eq!(server.metric("hanoi_ioc_observation_stored_total").await?, 1.0);
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_sent_again_is_refused_with_what_to_do() -> Result<()> {
    let site = Site::new()?;
    let server = site.start().await?;
    let person = server.first_person().await?;
    let gauge = site.gauge(&server, "gauge-1").await?;
    let long = format!("depth value=\"{}", "x".repeat(2_000));
    for (what, content_type, payload, code) in [
        ("JSON that ends early", SENML, "[{", "content_unreadable"),
        (
            "a record with two values",
            SENML,
            r#"[{"n":"depth","v":1,"vb":true}]"#,
            "content_unreadable",
        ),
        ("more than is kept", LINE, long.as_str(), "content_not_whole"),
    ] {
        let refused = gauge.send(content_type, payload.to_owned()).await?;
        assert!(refused.status >= 400, "{what}");
        let item = newest(&person).await?;
        assert_eq!(item["whole"], json!(code != "content_not_whole"), "{what}: {item}");
        let answer = send(&person, &id(&item)?, json!({})).await?;
        assert_eq!(answer.problem(409).context(what)?, code, "{what}");
        assert!(answer.text.contains("mended"), "{what}: {}", answer.text);
    }
    let item = id(&too_deep(&person, &gauge).await?)?;
    let records = |count: usize| json!({ "payload": vec![json!({ "n": "depth", "v": 1 }); count] });
    for (what, body, status, code) in [
        ("no SenML", json!({ "payload": "depth" }), 400, "malformed"),
        ("no record", json!({ "payload": [] }), 400, "malformed"),
        ("another member", json!({ "content": [] }), 422, "invalid_value"),
        ("too many rows", records(101), 413, "too_large"),
        (
            "too many bytes",
            json!({ "payload": ["x".repeat(70_000)] }),
            413,
            "too_large",
        ),
    ] {
        let answer = send(&person, &item, body).await?;
        assert_eq!(answer.problem(status).context(what)?, code, "{what}: {}", answer.text);
    }
    for unknown in ["00000000-0000-0000-0000-000000000000", "none"] {
        assert_eq!(send(&person, unknown, json!({})).await?.problem(404)?, "not_found");
    }

    let state = async |state: &str| {
        let body = Some(json!({ "state": state }));
        person
            .ask(Method::PUT, "/api/v1/devices/gauge-1/state", body)
            .await?
            .json(200)
    };
    let mended = json!({ "payload": [{ "n": "gauge-1/depth", "u": "m", "v": 0.09, "t": now_s() }] });
    state("blocked").await?;
    assert_eq!(
        send(&person, &item, mended.clone()).await?.problem(409)?,
        "device_blocked"
    );
    state("active").await?;
    assert_eq!(server.metric("hanoi_ioc_observation_stored_total").await?, 0.0);
    assert_eq!(send(&person, &item, mended).await?.json(200)?["accepted"], 1);
    // and its sender goes on as before
    assert_eq!(
        gauge.send(SENML, depth(now_s() + 1, 0.1)).await?.json(200)?["accepted"],
        1
    );
    assert_eq!(server.metric("hanoi_ioc_panics_total").await?, 0.0);
    Ok(())
}
