//! What opens a door stands in no log, no figure, no trail, no file of the data and no backup.

use anyhow::{Context, Result};
use e2e::answer::{Answer, client};
use e2e::moment::{now_s, written};
use e2e::person::PASSWORD;
use e2e::site::Site;
use reqwest::Method;
use serde_json::{Value, json};
use std::path::Path;

/// A password that somebody typed wrongly, which is often one of another place.
const MISTYPED: &str = "mat-khau-cua-noi-khac-2026";

/// All files below a folder with what they hold; what is no text in them does not matter here.
fn files(folder: &Path) -> Result<Vec<(String, String)>> {
    let (mut open, mut found) = (vec![folder.to_owned()], Vec::new());
    while let Some(path) = open.pop() {
        let kind = std::fs::symlink_metadata(&path)?.file_type();
        if kind.is_dir() {
            for entry in std::fs::read_dir(&path)? {
                open.push(entry?.path());
            }
        } else if kind.is_file() {
            let bytes = std::fs::read(&path)?;
            found.push((path.display().to_string(), String::from_utf8_lossy(&bytes).into_owned()));
        }
    }
    Ok(found)
}

#[tokio::test]
async fn no_secret_stands_in_logs_figures_trail_files_or_backup() -> Result<()> {
    let mut site = Site::new()?;
    site.set("TELEMETRY_LEVEL", "debug,buoyant_kernel=debug");
    let server = site.start().await?;
    let first = server.password.clone().context("no first password")?;
    let boss = server.first_person().await?;
    let auditor = boss.another(&server, "kiem-toan", "auditor").await?;

    // every kind of secret comes to be, and is used or mistyped
    let body = json!({ "account": "truc-ban", "password": MISTYPED });
    Answer::of(client()?.post(server.url("/api/v1/session")).json(&body))
        .await?
        .problem(401)?;
    let expires = written(now_s() + 86_400)?;
    let asked = json!({ "title": "máy đọc", "actions": ["alert.read"], "expires": expires });
    let made = boss
        .ask(Method::POST, "/api/v1/account/tokens", Some(asked))
        .await?
        .json(201)?;
    let token = made["secret"].as_str().context("no token")?;
    let by_token = || Ok::<_, anyhow::Error>(client()?.get(server.url("/api/v1/alerts")).bearer_auth(token));
    Answer::of(by_token()?).await?.json(200)?;
    let second = Some(json!({ "password": PASSWORD }));
    let second = boss
        .ask(Method::POST, "/api/v1/account/second-factor", second)
        .await?
        .json(201)?;
    let gauge = site.gauge(&server, "gauge-1").await?;
    gauge.depth(now_s() - 60, 0.1).await?;
    let enrolment: Value = serde_json::from_str(&site.run(["device", "enrol", "gauge-1"]).await?.good()?)?;
    let key = std::fs::read_to_string(site.certificate("gauge-1").await?.join("gauge-1.key"))?;
    let key: String = key.lines().filter(|line| !line.starts_with("--")).take(1).collect();
    let recovery = site.run(["ca", "recovery-code"]).await?.good()?;

    let backup = site.path("backup");
    site.run([Path::new("backup"), &backup]).await?.good()?;
    let mut places = vec![
        ("the log of the program".to_owned(), server.said()?),
        (
            "figures".to_owned(),
            Answer::of(client()?.get(server.url("/metrics"))).await?.text,
        ),
        (
            "the trail".to_owned(),
            auditor.get("/api/v1/audit?limit=1000").await?.to_string(),
        ),
    ];
    // what was printed on the terminal once is not kept, so it is no place
    let printed = format!("password: {first}");
    places[0].1 = places[0].1.replace(&printed, "");
    assert!(server.terminate().await?.success());
    places.extend(files(&site.data())?);
    places.extend(files(&backup)?);

    let keys = site.data().join("keys").display().to_string();
    let text = |value: &Value, name: &str| value[name].as_str().map(str::to_owned).context("no such member");
    for (what, secret) in [
        ("the first password", first),
        ("a password", PASSWORD.to_owned()),
        ("a mistyped password", MISTYPED.to_owned()),
        ("an API token", token.to_owned()),
        ("a device's token", gauge.token.clone()),
        ("an enrolment code", text(&enrolment, "code")?),
        ("the secret of a second factor", text(&second, "secret")?),
        ("a device's private key", key),
        ("the recovery code", recovery.trim().to_owned()),
    ] {
        assert!(secret.len() >= 8, "{what} is no needle: {secret}");
        // the folder of keys is where the code is kept, closed to everybody else; a backup has it nowhere
        let kept = |place: &str| what == "the recovery code" && place.starts_with(&keys);
        let holding = places
            .iter()
            .filter(|(place, held)| !kept(place) && held.contains(&secret));
        let found: Vec<&str> = holding.map(|(place, _)| place.as_str()).collect();
        assert!(found.is_empty(), "{what} stands in {found:?}");
    }
    // the same search finds what is there
    let seen = |begin: &Path, needle: &str| {
        let begin = begin.display().to_string();
        places
            .iter()
            .any(|(place, held)| place.starts_with(&begin) && held.contains(needle))
    };
    assert!(seen(&site.data(), "truc-ban") && seen(&backup, "truc-ban"));
    assert!(seen(Path::new("the trail"), "/api/v1/account/tokens") && seen(Path::new("figures"), "hanoi_ioc_"));
    assert!(seen(Path::new("the log"), "ready"));
    println!("{} places, 9 kinds of secrets: none found", places.len());
    Ok(())
}
