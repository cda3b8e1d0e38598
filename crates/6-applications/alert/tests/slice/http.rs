//! The API through its router, as a browser meets it.

use crate::signals::{area, second, signal};
use crate::stage::{Stage, officer, somebody};
use alert::http::{AlertState, mount};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response, StatusCode};
use chassis::cursor::CursorKey;
use kernel::actor::Actor;
use kernel::classification::Classification;
use kernel::signal::Change;
use ports::journal::Journal;
use serde_json::{Value, json};
use std::sync::Arc;
use tower::ServiceExt;
use utoipa::openapi::OpenApi;

fn split(stage: &Stage) -> (Router, OpenApi) {
    mount(AlertState {
        alerts: stage.alerts.clone(),
        cursors: CursorKey::new([7; 32]),
    })
    .split_for_parts()
}

struct Answer {
    status: StatusCode,
    etag: Option<String>,
    body: Value,
}

async fn ask(stage: &Stage, actor: Option<Actor>, request: Request<Body>) -> Answer {
    let mut request = request;
    if let Some(actor) = actor {
        request.extensions_mut().insert(Arc::new(actor));
    }
    let response: Response<Body> = split(stage).0.oneshot(request).await.unwrap();
    let status = response.status();
    let etag = response
        .headers()
        .get("etag")
        .map(|tag| tag.to_str().unwrap().to_owned());
    let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
    Answer {
        status,
        etag,
        body: serde_json::from_slice(&bytes).unwrap_or_default(),
    }
}

async fn get(stage: &Stage, path: &str) -> Answer {
    let request = Request::get(format!("/api/v1/alerts{path}"))
        .body(Body::empty())
        .unwrap();
    ask(stage, Some(officer()), request).await
}

async fn post(stage: &Stage, path: &str, if_match: Option<&str>, body: Value) -> Answer {
    let mut request = Request::post(format!("/api/v1/alerts{path}")).header("content-type", "application/json");
    if let Some(tag) = if_match {
        request = request.header("if-match", tag);
    }
    ask(
        stage,
        Some(officer()),
        request.body(Body::from(body.to_string())).unwrap(),
    )
    .await
}

/// Five alerts: severities 1 to 5, gauges g-1 to g-5, the last one in another ward.
async fn five() -> Stage {
    let stage = Stage::new();
    let mut signals: Vec<_> = (1..=5_u8)
        .map(|n| signal(&format!("g{n}"), &format!("g-{n}"), Change::Raised, n, i64::from(n)))
        .collect();
    signals[4].areas = vec![area("00118")];
    signals[4].title = kernel::text::LangText::new("Mưa rất to", "Torrential rain");
    signals[4].place = kernel::place::Point::new(105.9, 21.1);
    stage.hear(&signals).await;
    stage
}

fn severities(answer: &Answer) -> Vec<i64> {
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.body["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|alert| alert["severity"].as_i64().unwrap())
        .collect()
}

#[tokio::test]
async fn lists_are_filtered_and_begin_with_the_gravest() {
    let stage = five().await;
    let id = get(&stage, "?severity=3").await.body["items"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(
        post(&stage, &format!("/{id}/clear"), None, json!({ "reason": "xong" }))
            .await
            .status,
        200
    );
    for (query, expected) in [
        ("", vec![5, 4, 2, 1, 3]),
        ("?state=open", vec![5, 4, 2, 1]),
        ("?state=cleared", vec![3]),
        ("?state=cleared,raised&severity=3,5", vec![5, 3]),
        ("?area=00118", vec![5]),
        ("?area=00118,00070&severity=1,5", vec![5, 1]),
        ("?device=g-2", vec![2]),
        ("?q=mua%20to", vec![5]),
        ("?q=dong%20da&state=open", vec![4, 2, 1]),
        ("?bbox=105.8,21.0,105.85,21.05&state=open", vec![4, 2, 1]),
        ("?q=kh%C3%B4ng%20c%C3%B3", vec![]),
    ] {
        assert_eq!(severities(&get(&stage, query).await), expected, "{query}");
    }
}

#[tokio::test]
async fn pages_follow_each_other_and_cursors_hold_for_their_question_only() {
    let stage = five().await;
    let first = get(&stage, "?limit=2").await;
    let cursor = first.body["next"].as_str().unwrap().to_owned();
    let second = get(&stage, &format!("?limit=3&cursor={cursor}")).await;
    assert_eq!((severities(&first), severities(&second)), (vec![5, 4], vec![3, 2, 1]));
    assert!(second.body.get("next").is_none());
    let other = get(&stage, &format!("?limit=2&state=open&cursor={cursor}")).await;
    assert_eq!(
        (other.status.as_u16(), other.body["code"].as_str()),
        (400, Some("cursor_invalid"))
    );
}

#[tokio::test]
async fn a_filter_that_cannot_be_understood_is_named() {
    let stage = Stage::new();
    for (query, field) in [
        ("?state=closed", "state"),
        ("?severity=6", "severity"),
        ("?severity=x", "severity"),
        ("?area=7", "area"),
        ("?device=%2F", "device"),
        ("?bbox=1,2,3", "bbox"),
        ("?bbox=106,21,105,22", "bbox"),
        ("?limit=0", "limit"),
        ("?q=", "q"),
    ] {
        let answer = get(&stage, query).await;
        assert_eq!(
            (answer.status.as_u16(), answer.body["field"].as_str()),
            (422, Some(field)),
            "{query}"
        );
    }
    assert_eq!(get(&stage, "?colour=red").await.status, 422);
}

#[tokio::test]
async fn one_alert_has_its_timeline_and_an_etag() {
    let stage = five().await;
    let id = get(&stage, "?severity=4").await.body["items"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let answer = get(&stage, &format!("/{id}")).await;
    assert_eq!((answer.status.as_u16(), answer.etag.as_deref()), (200, Some("\"1\"")));
    let body = &answer.body;
    assert_eq!(body["timeline"][0]["title"]["vi"], "Phát sinh ở cấp 4");
    assert_eq!(body["timeline"][0]["by"], "service:rule/flood-depth");
    assert_eq!((&body["device"], &body["params"]["unit"]), (&json!("g-4"), &json!("m")));
    assert_eq!(body["raised_at"], json!(second(4)));
    for (absent, name) in [
        (Value::Null, "acknowledged"),
        (Value::Null, "shelved"),
        (Value::Null, "cleared_at"),
    ] {
        assert_eq!(body.get(name), Some(&absent));
    }
    let request = Request::get(format!("/api/v1/alerts/{id}")).header("if-none-match", "\"1\"");
    let known = ask(&stage, Some(officer()), request.body(Body::empty()).unwrap()).await;
    assert_eq!((known.status.as_u16(), known.body), (304, Value::Null));
    for nowhere in ["/00000000-0000-0000-0000-000000000000", "/nonsense"] {
        let answer = get(&stage, nowhere).await;
        assert_eq!(
            (answer.status.as_u16(), answer.body["code"].as_str()),
            (404, Some("not_found"))
        );
    }
}

#[tokio::test]
async fn a_duty_officer_goes_through_all_acts() {
    let stage = Stage::new();
    stage.hear(&[signal("g", "a", Change::Raised, 3, 0)]).await;
    let id = stage.only().await.alert.id;
    let until = second(600).to_string();
    for (act, body, state) in [
        ("acknowledge", json!({ "comment": "đã gọi phường" }), "acknowledged"),
        ("comment", json!({ "comment": "đang bơm" }), "acknowledged"),
        ("shelve", json!({ "reason": "bảo trì", "until": until }), "shelved"),
        ("unshelve", json!({}), "raised"),
        ("acknowledge", json!({}), "acknowledged"),
        ("clear", json!({ "reason": "nước đã rút" }), "cleared"),
    ] {
        let answer = post(&stage, &format!("/{id}/{act}"), None, body).await;
        assert_eq!(
            (answer.status.as_u16(), answer.body["state"].as_str()),
            (200, Some(state)),
            "{act}: {}",
            answer.body
        );
        assert_eq!(answer.etag, Some(format!("\"{}\"", answer.body["version"])));
    }
    let end = get(&stage, &format!("/{id}")).await.body;
    let line = |index: usize, name: &str| end["timeline"][index][name].clone();
    assert_eq!(
        (line(1, "act"), line(1, "text")),
        (json!("acknowledged"), json!("đã gọi phường"))
    );
    assert_eq!(line(6, "text"), "nước đã rút");
    assert_eq!(end["cleared_at"], json!(second(0)));
    let person = officer().id.to_string();
    assert_eq!(line(1, "by").as_str(), person.strip_prefix("person:"));
    let facts = Journal::read(&stage.engine, 0, &["alert."], 10).await.unwrap();
    let versions: Vec<_> = facts.iter().map(|entry| entry.fact.data["version"].clone()).collect();
    assert_eq!(
        versions,
        [1, 2, 3, 4, 5, 6, 7],
        "each fact carries the version that its commit gave"
    );
    assert!(facts[1..].iter().all(|entry| entry.fact.actor == officer().id));
}

#[tokio::test]
async fn conflicts_tell_the_newest_state() {
    let stage = Stage::new();
    stage.hear(&[signal("g", "a", Change::Raised, 3, 0)]).await;
    let id = stage.only().await.alert.id;
    let path = format!("/{id}/acknowledge");
    assert_eq!(post(&stage, &path, Some("\"1\""), json!({})).await.status, 200);
    let twice = post(&stage, &path, None, json!({})).await;
    assert_eq!(
        (twice.status.as_u16(), &twice.body["code"]),
        (409, &json!("wrong_state"))
    );
    let person = officer().id.to_string();
    assert_eq!(twice.body["by"].as_str(), person.strip_prefix("person:"));
    assert_eq!(
        (&twice.body["state"], &twice.body["at"]),
        (&json!("acknowledged"), &json!(second(0)))
    );
    let old = post(&stage, &path, Some("\"1\""), json!({})).await;
    assert_eq!(
        (old.status.as_u16(), &old.body["code"]),
        (412, &json!("changed_meanwhile"))
    );
    assert_eq!(
        (&old.body["version"], &old.body["state"]),
        (&json!(2), &json!("acknowledged"))
    );
    let nonsense = post(&stage, &path, Some("3"), json!({})).await;
    assert_eq!(
        (nonsense.status.as_u16(), &nonsense.body["field"]),
        (422, &json!("If-Match"))
    );
}

#[tokio::test]
async fn bodies_are_checked() {
    let stage = Stage::new();
    stage.hear(&[signal("g", "a", Change::Raised, 3, 0)]).await;
    let id = stage.only().await.alert.id;
    for (act, body, field) in [
        ("comment", json!({ "comment": " " }), Some("comment")),
        ("clear", json!({ "reason": "" }), Some("reason")),
        ("shelve", json!({ "reason": "a", "until": second(0) }), Some("until")),
        ("shelve", json!({ "reason": "a", "until": "hôm qua" }), None),
        ("acknowledge", json!({ "coment": "a" }), None),
        ("unshelve", json!({ "why": "a" }), None),
        ("clear", json!({}), None),
    ] {
        let answer = post(&stage, &format!("/{id}/{act}"), None, body.clone()).await;
        assert_eq!(
            (answer.status.as_u16(), answer.body["field"].as_str()),
            (422, field),
            "{act} {body}"
        );
    }
    assert_eq!(stage.only().await.version, 1);
}

#[tokio::test]
async fn every_operation_refuses_the_anonymous_and_is_described() {
    let stage = Stage::new();
    stage.hear(&[signal("g", "a", Change::Raised, 3, 0)]).await;
    let id = stage.only().await.alert.id.to_string();
    let api = serde_json::to_value(split(&stage).1).unwrap();
    let mut operations = 0;
    for (path, item) in api["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            operations += 1;
            let what = format!("{method} {path}");
            assert!(
                operation["summary"].as_str().is_some_and(|text| !text.is_empty()),
                "{what}"
            );
            let request = Request::builder()
                .method(method.to_uppercase().as_str())
                .uri(path.replace("{id}", &id))
                .header("content-type", "application/json");
            let body = json!({ "comment": "a" }).to_string();
            let anonymous = ask(&stage, None, request.body(Body::from(body)).unwrap()).await;
            assert_eq!(
                (anonymous.status.as_u16(), &anonymous.body["code"]),
                (401, &json!("not_signed_in")),
                "{what}"
            );
        }
    }
    assert_eq!(operations, 7);
    let leader = somebody("leader", None, Classification::Restricted);
    let request = Request::post(format!("/api/v1/alerts/{id}/unshelve")).header("content-type", "application/json");
    assert_eq!(
        ask(&stage, Some(leader), request.body(Body::from("{}")).unwrap())
            .await
            .status,
        403
    );
    assert_eq!(stage.only().await.version, 1);
}
