//! A backup of a running instance becomes an instance that goes on.

use anyhow::{Context, Result};
use e2e::device::{SENML, depth};
use e2e::moment::now_s;
use e2e::mosquitto::Mosquitto;
use e2e::person::{PASSWORD, Person};
use e2e::site::Site;
use serde_json::json;
use std::ffi::OsStr;
use std::path::Path;

async fn restore(site: &Site, from: &Path, code: Option<&Path>) -> Result<e2e::site::Done> {
    let mut args = vec![OsStr::new("restore"), from.as_os_str()];
    match code {
        Some(code) => args.extend([OsStr::new("--recovery-code"), code.as_os_str()]),
        None => args.push(OsStr::new("--new-keys")),
    }
    site.run(args).await
}

#[tokio::test]
async fn a_restored_backup_has_everything_and_goes_on() -> Result<()> {
    let site = Site::new()?;
    let server = site.start().await?;
    let person = server.first_person().await?;
    let gauge = site.gauge(&server, "gauge-1").await?;
    let other = site.gauge(&server, "gauge-2").await?;
    let folder = site.certificate("gauge-1").await?;
    let now = now_s();
    for n in 0..20 {
        gauge.depth(now - 1_000 + n * 10, 0.1).await?;
    }
    other.depth(now - 500, 0.6).await?;
    gauge
        .send(SENML, r#"[{"n":"depth","u":"V","v":1}]"#)
        .await?
        .problem(422)?;
    let alert = e2e::moment::until("an alert", async || Ok(person.list("/api/v1/alerts").await?.pop())).await?;
    let path = format!("/api/v1/alerts/{}/acknowledge", alert["id"].as_str().context("no id")?);
    person.post(&path, json!({})).await?;
    let lists = ["observations/latest", "devices", "alerts", "quarantine"];
    let mut before = Vec::new();
    for list in lists {
        before.push(person.list(&format!("/api/v1/{list}")).await?);
    }

    // while somebody sends
    let backup = site.path("backup");
    let sending = async {
        for n in 0..20 {
            gauge
                .send(
                    "text/plain",
                    format!("battery value={} {}000000000", 50 + n, now - 100 + n),
                )
                .await?
                .json(200)?;
        }
        anyhow::Ok(())
    };
    let (taken, sent) = tokio::join!(site.run([OsStr::new("backup"), backup.as_os_str()]), sending);
    sent?;
    taken?.good()?;
    let err = site.run([OsStr::new("backup"), backup.as_os_str()]).await?.refused()?;
    assert!(err.contains("name a new directory"), "{err}");
    let receipt = gauge.depth(now - 50, 0.12).await?;
    let epoch = receipt["position"]["epoch"].as_u64().context("no epoch")?;
    server.kill().await?;
    let code = site.run(["ca", "recovery-code"]).await?.good()?;
    let code = site.write("code.txt", &code)?;

    let elsewhere = Site::new()?;
    // without the code, or with a wrong one, nothing is touched
    let without = elsewhere
        .run([OsStr::new("restore"), backup.as_os_str()])
        .await?
        .refused()?;
    assert!(
        without.contains("--recovery-code") && without.contains("--new-keys"),
        "{without}"
    );
    let wrong = elsewhere.write("wrong.txt", &"0".repeat(64))?;
    let err = restore(&elsewhere, &backup, Some(&wrong)).await?.refused()?;
    assert!(err.contains("does not open"), "{err}");
    restore(&elsewhere, &backup, Some(&code)).await?.good()?;
    let err = restore(&elsewhere, &backup, Some(&code)).await?.refused()?;
    assert!(err.contains("holds data"), "{err}");
    let server = elsewhere.start().await?;
    assert_eq!(
        server.password,
        None,
        "a first account was made beside the restored one: {}",
        server.said()?
    );
    let person = Person::sign_in(&server, PASSWORD).await?;
    for (list, before) in lists.iter().zip(before) {
        let mut after = person.list(&format!("/api/v1/{list}")).await?;
        // what came while the backup was taken may be in it or not
        after.retain(|item| item["name"] != "battery");
        for item in after.iter_mut().filter(|_| *list == "devices") {
            assert!(item["last_contact"].is_string());
        }
        let known = |items: Vec<serde_json::Value>| -> Vec<serde_json::Value> {
            let cut = |mut item: serde_json::Value| {
                if *list == "devices" {
                    item["last_contact"] = json!(null);
                }
                item
            };
            items.into_iter().map(cut).collect()
        };
        assert_eq!(known(after), known(before), "{list}");
    }

    // devices come with the token and the certificate that they have; the log begins a new epoch
    let gauge = gauge.at(&server)?;
    assert_eq!(gauge.depth(now - 1_000, 0.1).await?["duplicates"], 1);
    let receipt = gauge.depth(now - 40, 0.13).await?;
    assert_eq!(receipt["accepted"], 1);
    assert!(
        receipt["position"]["epoch"].as_u64().context("no epoch")? > epoch,
        "{receipt}"
    );
    let up = Mosquitto::up(server.addresses.mqtts, "5", "gauge-1", &depth(now - 30, 0.14));
    let published = up
        .trusting(&folder.join("ca.crt"))
        .showing(&folder, "gauge-1")
        .publish()
        .await?;
    assert!(published.good, "{}", published.said);
    let latest = person.latest("gauge-1", "depth").await?.context("no value")?;
    assert_eq!(latest["value"], 0.14);
    Ok(())
}

#[tokio::test]
async fn a_damaged_backup_is_refused_and_leaves_nothing() -> Result<()> {
    let site = Site::new()?;
    let server = site.start().await?;
    let gauge = site.gauge(&server, "gauge-1").await?;
    gauge.depth(now_s(), 0.1).await?;
    let backup = site.path("backup");
    assert!(server.terminate().await?.success());
    // of a stopped instance
    site.run([OsStr::new("backup"), backup.as_os_str()]).await?.good()?;
    let records = backup.join("government/records.sqlite");
    let mut bytes = std::fs::read(&records)?;
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&records, bytes)?;
    let elsewhere = Site::new()?;
    let err = restore(&elsewhere, &backup, None).await?.refused()?;
    assert!(
        err.contains("was not restored") && err.contains("records.sqlite"),
        "{err}"
    );
    assert!(!elsewhere.data().join("tenants/government").exists());
    Ok(())
}
