//! The register of vulnerabilities through its routes: parts and advisories in, what has to be mended out, and its signals.

use crate::stage::{Stage, ask, ask_with};
use axum::Router;
use kernel::signal::Change;
use serde_json::{Value, json};
use std::time::Duration;

const DAY: Duration = Duration::from_secs(86_400);

fn bom(parts: &[&str]) -> Value {
    let components: Vec<Value> = parts
        .iter()
        .map(|part| json!({ "type": "library", "purl": part }))
        .collect();
    json!({ "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": components })
}

fn advisory(id: &str, name: &str, fixed: &str, word: &str) -> Value {
    json!({
        "id": id, "summary": "Path traversal", "aliases": ["CVE-2026-1"],
        "affected": [{ "package": { "ecosystem": "crates.io", "name": name },
            "ranges": [{ "type": "SEMVER", "events": [{ "introduced": "0" }, { "fixed": fixed }] }] }],
        "database_specific": { "severity": word },
    })
}

struct Register {
    stage: Stage,
    api: Router,
    officer: String,
}

impl Register {
    async fn new() -> Self {
        let stage = Stage::new();
        let officer = stage.somebody("an-ninh", "security_officer", None).await;
        let api = stage.api();
        Self { stage, api, officer }
    }

    async fn send(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let answer = ask(&self.api, &self.officer, method, path, None, body).await;
        (answer.status, answer.body)
    }

    async fn import(&self, method: &str, path: &str, body: Value) -> (u64, u64) {
        let (status, body) = self.send(method, path, body).await;
        assert_eq!(status, 200, "{body}");
        (body["opened"].as_u64().unwrap(), body["mended"].as_u64().unwrap())
    }

    async fn items(&self, query: &str) -> Vec<Value> {
        let (status, body) = self.send("GET", &format!("/vulnerabilities{query}"), Value::Null).await;
        assert_eq!(status, 200, "{body}");
        body["items"].as_array().unwrap().clone()
    }

    async fn signals(&self) -> Vec<Change> {
        let facts = self.stage.facts(&["signal."]).await;
        facts.iter().map(|fact| fact.signal().unwrap().change).collect()
    }
}

/// Whatever comes first, parts or advisories; a newer part mends, an older one opens again.
#[tokio::test]
async fn parts_and_advisories_meet_in_either_order() {
    let register = Register::new().await;
    let parts = |tar: &str| bom(&[tar, "pkg:cargo/serde@1.0.0", "pkg:npm/%40scope/name@2.0.0"]);
    let advisories = json!([
        advisory("RUSTSEC-1", "tar", "1.4.2", "HIGH"),
        advisory("RUSTSEC-2", "other", "9.0.0", "LOW")
    ]);
    assert_eq!(register.import("POST", "/advisories", advisories.clone()).await, (0, 0));
    assert_eq!(
        register.import("PUT", "/sbom", parts("pkg:cargo/tar@1.0.0")).await,
        (1, 0)
    );
    assert_eq!(
        register.import("PUT", "/sbom", parts("pkg:cargo/tar@1.0.0")).await,
        (0, 0)
    );
    let open = register.items("?state=open").await;
    assert_eq!(
        (open.len(), &open[0]["package"], &open[0]["grade"]),
        (1, &json!("tar"), &json!("high"))
    );
    assert_eq!(
        (&open[0]["fixed_in"], &open[0]["due"]),
        (&json!(["1.4.2"]), &json!("2026-01-31T00:00:00Z"))
    );

    assert_eq!(
        register.import("PUT", "/sbom", parts("pkg:cargo/tar@1.4.2")).await,
        (0, 1)
    );
    let mended = register.items("?state=mended&q=path%20cve-2026").await;
    assert_eq!((mended.len(), &mended[0]["by"]), (1, &json!("service:security")));
    let why = mended[0]["reason_text"]["vi"].as_str().unwrap();
    assert!(why.starts_with("danh mục thành phần"), "{why}");
    assert_eq!(
        register.import("PUT", "/sbom", parts("pkg:cargo/tar@1.0.0")).await,
        (1, 0)
    );
    let later = advisory("RUSTSEC-3", "serde", "1.0.1", "CRITICAL");
    assert_eq!(register.import("POST", "/advisories", later).await, (1, 0));
    let open = register.items("?state=open").await;
    assert_eq!(open[0]["advisory"], "RUSTSEC-3", "the soonest due first");
    let mut back = advisory("RUSTSEC-3", "serde", "1.0.1", "CRITICAL");
    back["withdrawn"] = json!("2026-01-01T00:00:00Z");
    assert_eq!(
        register.import("POST", "/advisories", back).await,
        (0, 1),
        "a withdrawn advisory ends what it began"
    );
}

/// Overdue is told once; accepting it ends the signal, and the end of the acceptance begins it again.
#[tokio::test]
async fn what_is_overdue_is_told_until_somebody_decides() {
    let register = Register::new().await;
    register.import("PUT", "/sbom", bom(&["pkg:cargo/tar@1.0.0"])).await;
    register
        .import("POST", "/advisories", advisory("RUSTSEC-1", "tar", "1.4.2", "CRITICAL"))
        .await;
    register.stage.clock.advance(6 * DAY);
    register.stage.flaws.turn().await.unwrap();
    assert!(register.signals().await.is_empty());
    register.stage.clock.advance(DAY);
    for _ in 0..2 {
        register.stage.flaws.turn().await.unwrap();
    }
    assert_eq!(register.signals().await, [Change::Raised]);
    let one = &register.items("").await[0];
    assert_eq!(one["overdue"], true);

    let path = format!("/vulnerabilities/{}", one["id"].as_str().unwrap());
    let accept = json!({ "state": "accepted", "reason": "không dùng chức năng này", "until": "2026-01-10T00:00:00Z", "owner": "so-y-te" });
    let (status, accepted) = register.send("PUT", &path, accept).await;
    assert_eq!(
        (status, &accepted["state"], &accepted["owner"]),
        (200, &json!("accepted"), &json!("so-y-te"))
    );
    assert_eq!(register.signals().await, [Change::Raised, Change::Cleared]);
    register.stage.clock.advance(2 * DAY);
    register.stage.flaws.turn().await.unwrap();
    assert_eq!(register.signals().await.last(), Some(&Change::Raised));
    assert_eq!(register.items("?state=open").await.len(), 1);

    let mend = json!({ "state": "mended", "reason": "đã vá" });
    assert_eq!(register.send("PUT", &path, mend).await.0, 200);
    assert_eq!(register.signals().await.last(), Some(&Change::Cleared));
    register.import("PUT", "/sbom", bom(&["pkg:cargo/tar@1.0.0"])).await;
    let open = register.items("?state=open").await;
    assert_eq!(
        (open.len(), &open[0]["owner"]),
        (1, &json!("so-y-te")),
        "a new list of parts still has it"
    );
}

/// Two officers decide about the same vulnerability: the slower one learns what the faster one has decided.
#[tokio::test]
async fn a_change_of_another_version_is_refused_with_the_newest() {
    let register = Register::new().await;
    register.import("PUT", "/sbom", bom(&["pkg:cargo/tar@1.0.0"])).await;
    register
        .import("POST", "/advisories", advisory("RUSTSEC-1", "tar", "1.4.2", "HIGH"))
        .await;
    let one = &register.items("").await[0];
    assert_eq!(one["reason_text"], Value::Null);
    let path = format!("/vulnerabilities/{}", one["id"].as_str().unwrap());
    let change = async |judged: &str, body: Value| {
        let headers = [("if-match", judged)];
        ask_with(&register.api, &register.officer, "PUT", &path, &headers, body).await
    };
    let judged = format!("\"{}\"", one["revision"]);
    let mend = json!({ "state": "mended", "reason": "đã vá" });
    let faster = change(&judged, mend).await;
    assert_eq!(
        (faster.status, &faster.body["revision"]),
        (200, &json!(2)),
        "{}",
        faster.body
    );
    assert_eq!(faster.headers["etag"], "\"2\"");
    assert_eq!(
        faster.body["reason_text"],
        Value::Null,
        "a person's own words have one language"
    );
    let slower = change(&judged, json!({ "owner": "so-y-te" })).await;
    assert_eq!(
        (slower.status, &slower.body["code"]),
        (412, &json!("changed_meanwhile"))
    );
    assert_eq!(
        (&slower.body["version"], &slower.body["state"]),
        (&json!(2), &json!("mended"))
    );
    let nonsense = change("2", json!({ "state": "open" })).await;
    assert_eq!((nonsense.status, &nonsense.body["field"]), (422, &json!("If-Match")));
    assert_eq!(change("*", json!({ "state": "open" })).await.status, 200);
    let newest = change("\"3\"", json!({ "owner": "so-y-te" })).await;
    assert_eq!((newest.status, &newest.body["owner"]), (200, &json!("so-y-te")));
}

/// A restart between the due day and the look loses nothing, and tells nothing twice.
#[tokio::test]
async fn a_restart_tells_nothing_twice() {
    let register = Register::new().await;
    register.import("PUT", "/sbom", bom(&["pkg:cargo/tar@1.0.0"])).await;
    register
        .import("POST", "/advisories", advisory("RUSTSEC-1", "tar", "1.4.2", "CRITICAL"))
        .await;
    register.stage.clock.advance(8 * DAY);
    register.stage.flaws.turn().await.unwrap();
    let stage = register.stage.restarted();
    stage.flaws.turn().await.unwrap();
    assert_eq!(stage.facts(&["signal."]).await.len(), 1);
}

#[tokio::test]
async fn what_cannot_be_taken_is_said() {
    let register = Register::new().await;
    register.import("PUT", "/sbom", bom(&["pkg:cargo/tar@1.0.0"])).await;
    register
        .import("POST", "/advisories", advisory("RUSTSEC-1", "tar", "1.4.2", "HIGH"))
        .await;
    let id = register.items("").await[0]["id"].as_str().unwrap().to_owned();
    let path = format!("/vulnerabilities/{id}");
    for (body, field) in [
        (json!({}), "state"),
        (json!({ "state": "gone" }), "state"),
        (json!({ "state": "accepted", "reason": "vì sao" }), "state"),
        (
            json!({ "state": "accepted", "reason": "vì sao", "until": "2025-01-01T00:00:00Z" }),
            "until",
        ),
        (json!({ "state": "mended", "reason": "" }), "reason"),
        (json!({ "owner": "so-la" }), "owner"),
    ] {
        let (status, answer) = register.send("PUT", &path, body.clone()).await;
        assert_eq!((status, &answer["field"]), (422, &json!(field)), "{body}: {answer}");
    }
    let (status, answer) = register
        .send("PUT", "/sbom", json!({ "bomFormat": "SPDX", "specVersion": "2.3" }))
        .await;
    assert_eq!((status, &answer["field"]), (422, &json!("specVersion")));
    assert_eq!(
        register
            .send("POST", "/advisories", json!({ "no": "advisory" }))
            .await
            .0,
        422
    );
    assert_eq!(
        register
            .send("PUT", "/vulnerabilities/none", json!({ "state": "open" }))
            .await
            .0,
        404
    );
    for query in ["?grade=huge", "?state=x", "?due_before=mai"] {
        assert_eq!(
            register
                .send("GET", &format!("/vulnerabilities{query}"), Value::Null)
                .await
                .0,
            422,
            "{query}"
        );
    }
}
