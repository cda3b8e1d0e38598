//! The API of commands through its router, in the shapes that the console expects.

use crate::ground::{Ground, officer, pump};
use crate::http::{Api, api};
use axum::body::{Body, to_bytes};
use axum::http::Request;
use kernel::id::CommandId;
use serde_json::{Value, json};
use std::time::Duration;

const PATH: &str = "/api/v1/devices/pump-1/commands";

async fn ground() -> (Ground, Api) {
    let ground = Ground::with([pump("pump-1", &["00070"])]).await;
    let api = api(&ground);
    api.way.values.set("pump-1", "level", 1.0, ground.devices.now());
    (ground, api)
}

fn on(on: bool) -> Option<Value> {
    Some(json!({ "name": "pump.set", "params": { "on": on }, "deadline_s": 30 }))
}

async fn give(api: &Api, body: Option<Value>) -> (u16, Value) {
    api.ask(officer(), "POST", PATH, body).await
}

#[tokio::test]
async fn a_command_from_the_order_to_the_answer() {
    let (ground, api) = ground().await;
    let (status, given) = give(&api, on(true)).await;
    assert_eq!(status, 202, "{given}");
    let now = ground.devices.now();
    let expected = json!({
        "device": "pump-1", "name": "pump.set", "params": { "on": true }, "state": "queued",
        "by": "00000000-0000-0000-0000-00000000002a", "at": now.to_string(),
        "deadline": now.plus(Duration::from_secs(30)).to_string(), "answer": null, "reason": null, "version": 1,
    });
    for (member, value) in expected.as_object().unwrap() {
        assert_eq!(given[member], *value, "{member}");
    }
    assert_eq!(given["timeline"][0]["act"], "queued");
    let id: CommandId = given["id"].as_str().unwrap().parse().unwrap();

    api.way.connect("pump-1").await;
    api.way.answer("pump-1", id, false, Some("quá nhiệt")).await;
    let (status, one) = api.ask(officer(), "GET", &format!("/api/v1/commands/{id}"), None).await;
    assert_eq!((status, &one["state"]), (200, &json!("refused")));
    assert_eq!(
        (&one["answer"]["ok"], &one["answer"]["reason"]),
        (&json!(false), &json!("quá nhiệt"))
    );
    let acts: Vec<_> = one["timeline"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| &line["act"])
        .collect();
    assert_eq!(acts, ["queued", "sent", "answered"]);
    assert_eq!(one["timeline"][2]["by"], "device:pump-1");
}

#[tokio::test]
async fn lists_begin_with_the_newest_and_go_page_by_page() {
    let (ground, api) = ground().await;
    let mut given = Vec::new();
    for _ in 0..5 {
        given.insert(0, give(&api, on(false)).await.1["id"].clone());
        ground.clock.advance(Duration::from_millis(1));
    }
    let (mut seen, mut path) = (Vec::new(), format!("{PATH}?limit=2"));
    loop {
        let (status, page) = api.ask(officer(), "GET", &path, None).await;
        assert_eq!(status, 200);
        let items = page["items"].as_array().unwrap();
        assert!(items.iter().all(|item| item.get("timeline").is_none()));
        seen.extend(items.iter().map(|item| item["id"].clone()));
        let Some(next) = page["next"].as_str() else { break };
        path = format!("{PATH}?limit=2&cursor={next}");
    }
    assert_eq!(seen, given);
}

#[tokio::test]
async fn mistakes_are_named() {
    let (_ground, api) = ground().await;
    for (body, status, code, field) in [
        (json!({ "name": "pump.stop" }), 422, "invalid_value", "name"),
        (json!({ "name": "pump.set" }), 422, "invalid_value", "params"),
        (
            json!({ "name": "pump.set", "params": { "on": "yes" } }),
            422,
            "invalid_value",
            "params",
        ),
        (
            json!({ "name": "pump.set", "params": { "on": true }, "deadline_s": 0 }),
            422,
            "invalid_value",
            "deadline_s",
        ),
        (
            json!({ "name": "pump.set", "params": { "on": true }, "deadline_s": 601 }),
            422,
            "invalid_value",
            "deadline_s",
        ),
        (
            json!({ "name": "pump.set", "params": { "on": true }, "deadline_s": -1 }),
            422,
            "invalid_value",
            "",
        ),
        (json!({ "name": "pump.set", "when": "now" }), 422, "invalid_value", ""),
    ] {
        let (found, problem) = give(&api, Some(body.clone())).await;
        assert_eq!((found, &problem["code"]), (status, &json!(code)), "{body}");
        assert_eq!(problem["field"].as_str().unwrap_or(""), field, "{body}");
    }
    for path in [
        "/api/v1/commands/7",
        "/api/v1/commands/00000000-0000-0000-0000-000000000007",
        "/api/v1/devices/nobody/commands",
    ] {
        assert_eq!(api.ask(officer(), "GET", path, None).await.0, 404, "{path}");
    }
    assert_eq!(
        api.ask(officer(), "POST", "/api/v1/devices/nobody/commands", on(true))
            .await
            .0,
        404
    );
    let anonymous = Request::get(PATH).body(Body::empty()).unwrap();
    assert_eq!(api.send(None, anonymous).await.status(), 401);
    let mut leader = officer();
    leader.roles = ["leader".to_owned()].into();
    let (status, problem) = api.ask(leader, "POST", PATH, on(true)).await;
    assert_eq!((status, &problem["code"]), (403, &json!("denied")));
}

#[tokio::test]
async fn an_interlock_is_told_in_both_languages() {
    let (ground, api) = ground().await;
    api.way.values.set("pump-1", "level", 0.1, ground.devices.now());
    let (status, problem) = give(&api, on(true)).await;
    assert_eq!((status, &problem["code"]), (409, &json!("interlock")));
    assert_eq!(problem["reason"]["code"], "interlock");
    let title = &problem["reason"]["title"];
    assert_eq!(title["vi"], "Chống chạy khô ('level' là 0.1, dưới 0.3)");
    assert_eq!(title["en"], "Dry-run protection ('level' is 0.1, below 0.3)");
    assert_eq!(give(&api, on(false)).await.0, 202);
}

#[tokio::test]
async fn the_same_key_answers_the_same_command() {
    let (_ground, api) = ground().await;
    let keyed = async |key: &str, body: Option<Value>| {
        let request = Request::post(PATH)
            .header("content-type", "application/json")
            .header("idempotency-key", key);
        let body = Body::from(body.unwrap().to_string());
        let response = api.send(Some(officer()), request.body(body).unwrap()).await;
        let status = response.status().as_u16();
        let bytes = to_bytes(response.into_body(), 1 << 20).await.unwrap();
        (status, serde_json::from_slice::<Value>(&bytes).unwrap())
    };
    let (first, second) = (keyed("a", on(false)).await, keyed("a", on(false)).await);
    assert_eq!((first.0, &first.1["id"]), (202, &second.1["id"]));
    let (status, problem) = keyed("a", on(true)).await;
    assert_eq!((status, &problem["code"]), (422, &json!("idempotency_key_reused")));
    assert_eq!(keyed("", on(true)).await.1["code"], "idempotency_key_invalid");
    assert_ne!(keyed("b", on(false)).await.1["id"], first.1["id"]);
}
