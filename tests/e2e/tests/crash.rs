//! Killed in the middle of everything: what was acknowledged is there, and a retry is a duplicate.

use anyhow::{Context, Result};
use e2e::answer::Answer;
use e2e::device::{Device, SENML, depth};
use e2e::moment::now_s;
use e2e::person::{PASSWORD, Person};
use e2e::site::Site;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

const SENDERS: usize = 4;

/// Sends one value after the other until the server is gone; `acknowledged` counts the answers.
async fn send(device: Device, begin: i64, acknowledged: Arc<AtomicI64>) -> i64 {
    for n in 0.. {
        let answer = device.send(SENML, depth(begin + n, 0.1)).await;
        match answer.and_then(|answer| answer.json(200)) {
            Ok(receipt) if receipt["accepted"] == 1 => {
                acknowledged.fetch_add(1, Ordering::Relaxed);
            }
            _ => return n,
        }
    }
    0
}

#[tokio::test]
async fn nothing_acknowledged_is_lost_and_a_retry_is_a_duplicate() -> Result<()> {
    let site = Site::new()?;
    let server = site.start().await?;
    let person = server.first_person().await?;
    let begin = now_s() - 100_000;
    let acknowledged = Arc::new(AtomicI64::new(0));
    let (mut devices, mut tasks) = (Vec::new(), Vec::new());
    for n in 0..SENDERS {
        devices.push(site.gauge(&server, &format!("gauge-{n}")).await?);
    }
    // one answer with a key, one bad item and an acknowledged alert that must also be there
    let keyed = async |device: &Device| {
        let request = device.request(SENML, r#"[{"n":"battery","u":"%EL","v":70}]"#);
        Answer::of(request.header("Idempotency-Key", "once")).await?.json(200)
    };
    let first = keyed(&devices[0]).await?;
    devices[0].send(SENML, "[{").await?.problem(400)?;
    let wet = site.gauge(&server, "wet").await?;
    wet.depth(now_s() - 60, 0.6).await?;
    let alert = e2e::moment::until("an alert", async || Ok(person.list("/api/v1/alerts").await?.pop())).await?;
    let id = alert["id"].as_str().context("no id")?.to_owned();
    person
        .post(&format!("/api/v1/alerts/{id}/acknowledge"), json!({}))
        .await?;

    for device in &devices {
        tasks.push(tokio::spawn(send(device.clone(), begin, Arc::clone(&acknowledged))));
    }
    let seen = Arc::clone(&acknowledged);
    e2e::moment::until("two hundred answers", async || {
        Ok((seen.load(Ordering::Relaxed) >= 200).then_some(()))
    })
    .await?;
    server.kill().await?;
    let mut sent = Vec::new();
    for task in tasks {
        sent.push(task.await?);
    }

    let server = site.start().await?;
    let person = Person::sign_in(&server, PASSWORD).await?;
    for (device, answered) in devices.iter().zip(&sent) {
        let device = device.at(&server)?;
        // every answered one again, in one payload, and the one that nobody answered
        let item = |n: i64| format!(r#"{{"n":"depth","u":"m","t":{},"v":0.1}}"#, begin + n);
        let body = format!("[{}]", (0..*answered).map(item).collect::<Vec<_>>().join(","));
        let receipt = device.send(SENML, body).await?.json(200)?;
        assert_eq!(
            (&receipt["accepted"], &receipt["duplicates"]),
            (&0.into(), &(*answered).into()),
            "{}",
            device.id
        );
        let unknown = device.depth(begin + answered, 0.1).await?;
        let counted = |name: &str| unknown[name].as_i64().unwrap_or(-1);
        assert_eq!(counted("accepted") + counted("duplicates"), 1, "{unknown}");
        let latest = person.latest(&device.id, "depth").await?.context("no value")?;
        assert_eq!(latest["time"], e2e::moment::written(begin + answered)?, "{}", device.id);
    }
    let again = keyed(&devices[0].at(&server)?).await?;
    assert_eq!(
        (&again["repeated"], &again["accepted"]),
        (&true.into(), &first["accepted"])
    );
    assert_eq!(person.list("/api/v1/quarantine").await?.len(), 1);
    let alerts = person.list("/api/v1/alerts").await?;
    assert_eq!(alerts.len(), 1);
    assert_eq!(
        (&alerts[0]["id"], &alerts[0]["state"]),
        (&id.into(), &"acknowledged".into())
    );
    assert_eq!(alerts[0]["acknowledged"]["by"], person.id);

    // and the rows on the disk are those, each once
    assert!(server.terminate().await?.success());
    let dump = site.run(["log", "dump"]).await?.good()?;
    for (device, answered) in devices.iter().zip(&sent) {
        let mut times = Vec::new();
        for line in dump.lines() {
            let row: serde_json::Value = serde_json::from_str(line)?;
            if row["device"] == device.id && row["name"] == "depth" {
                times.push(e2e::moment::read(row["time"].as_str().context("no time")?)?);
            }
        }
        times.sort_unstable();
        assert_eq!(times, (begin..=begin + answered).collect::<Vec<_>>(), "{}", device.id);
    }
    Ok(())
}
