//! Nothing of the API answers a stranger, and no answer is without its audit record.

use anyhow::{Context, Result};
use e2e::answer::{Answer, client};
use e2e::events::Events;
use e2e::moment::{now_s, until};
use e2e::server::Server;
use e2e::site::Site;
use reqwest::Method;
use serde_json::json;
use std::collections::BTreeSet;

/// Method and path of every operation that the instance describes.
async fn operations(server: &Server) -> Result<Vec<(Method, String)>> {
    let document = Answer::of(client()?.get(server.url("/api/v1/openapi.json")))
        .await?
        .json(200)?;
    let paths = document["paths"].as_object().context("no paths")?;
    let mut found = Vec::new();
    for (path, item) in paths {
        for method in item.as_object().context("no operations")?.keys() {
            if let "get" | "post" | "put" | "delete" | "patch" = method.as_str() {
                found.push((method.to_uppercase().parse()?, path.clone()));
            }
        }
    }
    assert!(found.len() >= 24, "the description lacks routes: {found:?}");
    Ok(found)
}

async fn records(server: &Server) -> Result<f64> {
    server.metric("hanoi_ioc_audit_records_total").await
}

async fn joined(server: &Server) -> Result<f64> {
    server.metric("hanoi_ioc_audit_joined_total").await
}

#[tokio::test]
async fn every_route_refuses_the_anonymous_and_writes_it_down() -> Result<()> {
    let site = Site::new()?;
    let server = site.start().await?;
    site.gauge(&server, "gauge-1").await?;
    let client = client()?;
    // the doors of devices are one act to the trace: a stranger of one address and reason is written once
    let mut knocked = BTreeSet::new();
    for (method, path) in operations(&server).await? {
        // ways to sign in are for those who have not
        if path.starts_with("/api/v1/session/providers") || path.starts_with("/api/v1/session/oidc/") {
            continue;
        }
        let url = server.url(&path.replace("{id}", "gauge-1"));
        for secret in [None, Some("0".repeat(64))] {
            let (before, counted) = (records(&server).await?, joined(&server).await?);
            let what = format!("{method} {path}, secret: {}", secret.is_some());
            let mut request = client.request(method.clone(), &url);
            if method != Method::GET {
                request = request.header("Content-Type", "application/json").body("{}");
            }
            if let Some(secret) = &secret {
                request = request.bearer_auth(secret);
            }
            if (&method, path.as_str()) == (&Method::POST, "/api/v1/session") {
                request = request.body(r#"{"account":"nobody","password":"nothing"}"#);
            }
            let code = Answer::of(request).await?.problem(401).context(what.clone())?;
            let expected = match (method.as_str(), path.as_str(), secret.is_some()) {
                ("POST", "/api/v1/session", _) => "sign_in_failed",
                ("POST", "/api/v1/observations", false) => "credential_missing",
                ("POST", "/api/v1/observations", true) => "token_invalid",
                ("POST", "/.well-known/est/simpleenroll" | "/.well-known/est/simplereenroll", _) => {
                    "credential_missing"
                }
                _ => "not_signed_in",
            };
            assert_eq!(code, expected, "{what}");
            let same = match code.as_str() {
                "credential_missing" | "token_invalid" => !knocked.insert(code.clone()),
                _ => secret.is_some(),
            };
            // the first stranger of an address and reason is written at once; one more of the same is counted
            let noted = records(&server).await? - before;
            assert_eq!(
                (noted, joined(&server).await? - counted),
                if same { (0.0, 1.0) } else { (1.0, 0.0) },
                "{what}"
            );
        }
    }
    Ok(())
}

#[tokio::test]
async fn every_read_of_a_person_leaves_one_record() -> Result<()> {
    let site = Site::new()?;
    let server = site.start().await?;
    let person = server.first_person().await?;
    let gauge = site.gauge(&server, "gauge-1").await?;
    gauge.depth(now_s(), 0.6).await?;
    let alert = until("an alert is raised", async || {
        Ok(person.list("/api/v1/alerts").await?.pop())
    })
    .await?;
    let alert = alert["id"].as_str().context("no id")?;
    let incident = until("an incident is opened", async || {
        Ok(person.list("/api/v1/incidents").await?.pop())
    })
    .await?;
    let incident = incident["id"].as_str().context("no id")?;
    site.device(&server, "pump-1", &["--profile", "pump"]).await?;
    let off = json!({ "name": "pump.set", "params": { "on": false }, "deadline_s": 600 });
    let told = person
        .ask(Method::POST, "/api/v1/devices/pump-1/commands", Some(off))
        .await?;
    let told = told.json(202)?;
    let command = told["id"].as_str().context("no id")?;
    let (mut streams, mut shown) = (Vec::<Events>::new(), 0);
    for (method, path) in operations(&server).await? {
        if method != Method::GET {
            continue;
        }
        let id = match path.split('/').nth(3) {
            Some("alerts") => alert,
            Some("incidents") => incident,
            Some("commands") => command,
            Some("pack") => "flood-depth",
            _ => "gauge-1",
        };
        let query = match path.as_str() {
            "/api/v1/observations/stream" => "?device=gauge-1",
            "/api/v1/observations/history" => "?series=0&from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z",
            "/api/v1/access/explain" => "?action=alert.read",
            _ => "",
        };
        let path = path
            .replace("{account}", "truc-ban")
            .replace("{kind}", "rule")
            .replace("{version}", "1");
        let asked = format!("{}{query}", path.replace("{id}", id));
        let before = records(&server).await?;
        if path == "/api/v1/events" || path.ends_with("/stream") {
            // kept open: its end would be another record
            streams.push(person.follow(&asked, None).await?);
        } else {
            // what is not for duty officers and what is not there is written down like what is shown
            let status = person.ask(Method::GET, &asked, None).await?.status;
            assert!(matches!(status, 200 | 403 | 404), "{asked}: {status}");
            shown += usize::from(status == 200);
        }
        assert_eq!(records(&server).await? - before, 1.0, "{asked}");
        // what is not there, or is asked wrongly, is written down too
        let before = records(&server).await?;
        let answer = person
            .ask(
                Method::GET,
                &format!("{}?surely=not", path.replace("{id}", "none")),
                None,
            )
            .await?;
        assert_eq!(records(&server).await? - before, 1.0, "{path}: {}", answer.status);
    }
    assert!(shown >= 24, "only {shown} routes showed something");
    assert_eq!(streams.len(), 2);
    // the watching of machines is not written down
    let before = records(&server).await?;
    for path in ["/healthz", "/readyz", "/metrics", "/api/v1/openapi.json"] {
        assert_eq!(Answer::of(client()?.get(server.url(path))).await?.status, 200, "{path}");
    }
    assert_eq!(records(&server).await?, before);
    assert_eq!(server.metric("hanoi_ioc_audit_withheld_total").await?, 0.0);
    Ok(())
}
