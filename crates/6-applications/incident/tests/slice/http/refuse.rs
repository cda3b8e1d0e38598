//! What is refused, and what a refusal tells.

use super::{ask, call, one, post, post_with, split};
use crate::script::second;
use crate::stage::{Stage, officer, somebody};
use axum::body::Body;
use axum::http::Request;
use kernel::classification::Classification;
use serde_json::{Value, json};

#[tokio::test]
async fn conflicts_tell_the_newest_state() {
    let stage = Stage::new();
    let path = format!("/{}/work", one(&stage).await);
    let match_one = Some(("if-match", "\"1\""));
    assert_eq!(post_with(&stage, &path, match_one, json!({})).await.status, 200);
    let twice = post(&stage, &path, json!({})).await;
    assert_eq!(
        (twice.status.as_u16(), &twice.body["code"]),
        (409, &json!("wrong_state"))
    );
    let person = officer().id.to_string();
    assert_eq!(twice.body["by"].as_str(), person.strip_prefix("person:"));
    assert_eq!(
        (&twice.body["state"], &twice.body["at"]),
        (&json!("in_progress"), &json!(second(0)))
    );
    let old = post_with(&stage, &path, match_one, json!({})).await;
    assert_eq!(
        (old.status.as_u16(), &old.body["code"]),
        (412, &json!("changed_meanwhile"))
    );
    assert_eq!(
        (&old.body["version"], &old.body["state"]),
        (&json!(2), &json!("in_progress"))
    );
    let nonsense = post_with(&stage, &path, Some(("if-match", "3")), json!({})).await;
    assert_eq!(
        (nonsense.status.as_u16(), &nonsense.body["field"]),
        (422, &json!("If-Match"))
    );
}

#[tokio::test]
async fn bad_input_is_refused_and_changes_nothing() {
    let stage = Stage::new();
    let id = one(&stage).await;
    let (long, nobody) = ("đ".repeat(2_049), "00000000-0000-0000-0000-000000000000");
    let many: Vec<_> = (0..1_000_u128).map(|n| uuid::Uuid::from_u128(n).to_string()).collect();
    for (act, body, field) in [
        ("note", json!({ "text": " " }), Some("text")),
        ("note", json!({ "text": long }), Some("text")),
        ("note", json!({}), None),
        ("note", json!({ "txt": "a" }), None),
        ("close", json!({ "reason": "resolved", "text": "" }), Some("text")),
        ("close", json!({ "reason": "because", "text": "a" }), None),
        ("close", json!({ "text": "a" }), None),
        ("severity", json!({ "severity": 6, "text": "a" }), None),
        ("severity", json!({ "severity": 2, "text": "a" }), Some("severity")),
        ("assign", json!({ "org": "so-khong-co" }), Some("org")),
        ("assign", json!({ "org": "sở" }), None),
        ("assign", json!({ "org": "so-y-te", "withdraw": true }), Some("org")),
        ("assign", json!({ "org": "so-y-te", "person": "ai đó" }), None),
        ("link", json!({ "alerts": [] }), Some("alerts")),
        ("link", json!({ "alerts": [nobody] }), Some("alerts")),
        ("link", json!({ "alerts": many }), Some("alerts")),
        ("work", json!({ "why": "a" }), None),
    ] {
        let answer = post(&stage, &format!("/{id}/{act}"), body.clone()).await;
        let seen = (answer.status.as_u16(), answer.body["field"].as_str());
        assert_eq!(seen, (422, field), "{act} {body}: {}", answer.body);
    }
    let with = |name: &str, value: Value| {
        let mut body = call();
        body[name] = value;
        body
    };
    for (body, status, field) in [
        (with("title", json!("")), 422, Some("title")),
        (with("title", json!({ "vi": "a", "fr": "b" })), 422, None),
        (with("kind", json!("Ngập")), 422, Some("kind")),
        (with("severity", json!(0)), 422, None),
        (with("severity", json!(null)), 422, Some("severity")),
        (with("areas", json!(["00999"])), 422, Some("areas")),
        (with("areas", json!(["7"])), 422, None),
        (with("place", json!({ "lon": 200, "lat": 0 })), 422, Some("place")),
        (with("text", json!(long)), 422, Some("text")),
        (with("org", json!("so-khong-co")), 422, Some("org")),
        (with("alerts", json!([nobody])), 422, Some("alerts")),
        (with("colour", json!("red")), 422, None),
    ] {
        let answer = post(&stage, "", body.clone()).await;
        let seen = (answer.status.as_u16(), answer.body["field"].as_str());
        assert_eq!(seen, (status, field), "{body}: {}", answer.body);
    }
    assert_eq!(stage.only().await.version, 1);
    let ward = somebody("duty_officer", Some(&["00118"]), Classification::Internal);
    let request = Request::post("/api/v1/incidents").header("content-type", "application/json");
    let foreign = ask(
        &stage,
        Some(ward),
        request.body(Body::from(call().to_string())).unwrap(),
    )
    .await;
    assert_eq!((foreign.status.as_u16(), &foreign.body["area"]), (403, &json!("00070")));
}

#[tokio::test]
async fn every_operation_refuses_the_anonymous_and_is_described() {
    let stage = Stage::new();
    let id = one(&stage).await;
    let api = serde_json::to_value(split(&stage).1).unwrap();
    let bodies = [
        ("note", json!({ "text": "a" })),
        ("assign", json!({ "org": "so-y-te" })),
        ("severity", json!({ "severity": 5, "text": "a" })),
        ("work", json!({})),
        ("close", json!({ "reason": "resolved", "text": "a" })),
        ("reopen", json!({ "text": "a" })),
        ("link", json!({ "alerts": [] })),
        ("incidents", call()),
    ];
    let mut operations = 0;
    let leader = || somebody("leader", None, Classification::Restricted);
    for (path, item) in api["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            operations += 1;
            let what = format!("{method} {path}");
            assert!(
                operation["summary"].as_str().is_some_and(|text| !text.is_empty()),
                "{what}"
            );
            let body = bodies
                .iter()
                .find(|(end, _)| path.rsplit('/').next() == Some(*end))
                .map(|(_, body)| body.to_string());
            let request = || {
                let uri = path.replace("{id}", &id);
                let request = Request::builder().method(method.to_uppercase().as_str()).uri(uri);
                let body = Body::from(body.clone().unwrap_or_default());
                request.header("content-type", "application/json").body(body).unwrap()
            };
            let anonymous = ask(&stage, None, request()).await;
            let seen = (anonymous.status.as_u16(), &anonymous.body["code"]);
            assert_eq!(seen, (401, &json!("not_signed_in")), "{what}");
            let looks = ask(&stage, Some(leader()), request()).await;
            assert_eq!(looks.status, if method == "get" { 200 } else { 403 }, "{what}");
        }
    }
    assert_eq!(operations, 10);
    assert_eq!(stage.only().await.version, 1);
}
