//! The API through its router.

use crate::stage::{Stage, incoming, keeper, person};
use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use kernel::actor::Actor;
use pack::{PackState, mount};
use serde_json::{Value, json};
use std::sync::Arc;
use tower::ServiceExt;
use utoipa::openapi::OpenApi;

fn split(stage: &Stage) -> (Router, OpenApi) {
    let packs = stage.packs.clone();
    mount(PackState { packs }).split_for_parts()
}

struct Answer {
    status: StatusCode,
    etag: Option<String>,
    body: Value,
}

async fn ask(stage: &Stage, actor: Option<Actor>, mut request: Request<Body>) -> Answer {
    if let Some(actor) = actor {
        request.extensions_mut().insert(Arc::new(actor));
    }
    let response = split(stage).0.oneshot(request).await.unwrap();
    let etag = response
        .headers()
        .get("etag")
        .map(|tag| tag.to_str().unwrap().to_owned());
    let status = response.status();
    let bytes = axum::body::to_bytes(response.into_body(), 8 << 20).await.unwrap();
    Answer {
        status,
        etag,
        body: serde_json::from_slice(&bytes).unwrap_or_default(),
    }
}

async fn send(stage: &Stage, method: Method, path: &str, judged: Option<&str>, body: &str) -> Answer {
    let mut request = Request::builder().method(method).uri(format!("/api/v1/pack{path}"));
    if body.starts_with('{') {
        request = request.header("content-type", "application/json");
    }
    if let Some(judged) = judged {
        request = request.header("if-match", judged);
    }
    let request = request.body(Body::from(body.to_owned())).unwrap();
    ask(stage, Some(keeper()), request).await
}

async fn get(stage: &Stage, path: &str) -> Answer {
    send(stage, Method::GET, path, None, "").await
}

async fn stage() -> Stage {
    let stage = Stage::new();
    let files = [("rules/a.yaml", "head\none\nmiddle\nmore\ntail\n"), ("orgs.yaml", "o")];
    stage.start(incoming("first", &files)).await;
    stage
}

#[tokio::test]
async fn a_life_from_the_list_to_a_settled_conflict() {
    let stage = stage().await;
    let list = get(&stage, "").await;
    assert_eq!(list.body["pack"]["name"], "first");
    let kinds: Vec<_> = list.body["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["file"].clone())
        .collect();
    assert_eq!(kinds, ["rules/a.yaml", "orgs.yaml"]);
    assert_eq!(list.body["items"][1]["applies"], "restart");

    let put = send(
        &stage,
        Method::PUT,
        "/rule/a",
        Some("\"1\""),
        "head\nmine\nmiddle\nmore\ntail\n",
    )
    .await;
    assert_eq!(
        (put.status.as_u16(), put.etag.as_deref()),
        (200, Some("\"2\"")),
        "{}",
        put.body
    );
    assert_eq!(
        put.body,
        json!({"kind": "rule", "id": "a", "state": "overlay", "version": 2, "applies": "now"})
    );
    let old = send(&stage, Method::PUT, "/rule/a", Some("\"1\""), "x").await;
    assert_eq!((old.status.as_u16(), &old.body["version"]), (412, &json!(2)));

    stage
        .load(incoming(
            "second",
            &[("rules/a.yaml", "head\none\nmiddle\nmore\nend\n"), ("orgs.yaml", "o")],
        ))
        .await;
    let conflicts = get(&stage, "/conflicts").await.body;
    let proposal = conflicts["items"][0]["proposal"].clone();
    assert_eq!(proposal, "head\nmine\nmiddle\nmore\nend\n");
    assert_eq!(
        get(&stage, "?state=conflict").await.body["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    assert_eq!(get(&stage, "?kind=orgs&state=conflict").await.body["items"], json!([]));

    let item = get(&stage, "/rule/a").await;
    assert_eq!(item.etag.as_deref(), Some("\"3\""));
    assert_eq!(item.body["text"], "head\nmine\nmiddle\nmore\ntail\n");
    assert_eq!(item.body["base_text"], "head\none\nmiddle\nmore\nend\n");
    assert_eq!(item.body["conflict"]["proposal"], proposal);
    assert_eq!(item.body["versions"][0]["pack"]["name"], "second");
    assert_eq!(
        item.body["versions"][1]["diff"],
        "@@ -1,4 +1,4 @@\n head\n-one\n+mine\n middle\n more\n"
    );

    let body = json!({"take": "text", "text": proposal}).to_string();
    let done = send(&stage, Method::POST, "/rule/a/resolve", Some("\"3\""), &body).await;
    assert_eq!(
        (done.status.as_u16(), &done.body["state"]),
        (200, &json!("overlay")),
        "{}",
        done.body
    );
    let again = send(&stage, Method::POST, "/rule/a/resolve", None, r#"{"take":"base"}"#).await;
    assert_eq!(
        (again.status.as_u16(), &again.body["code"]),
        (409, &json!("wrong_state"))
    );
    let gone = send(&stage, Method::DELETE, "/rule/a/overlay", None, "").await;
    assert_eq!((gone.status.as_u16(), &gone.body["state"]), (200, &json!("base")));
    assert_eq!(
        get(&stage, "/rule/a/versions/2").await.body["text"],
        "head\nmine\nmiddle\nmore\ntail\n"
    );
}

#[tokio::test]
async fn mistakes_come_with_file_line_column_and_remedy() {
    let stage = stage().await;
    let refused = send(&stage, Method::PUT, "/rule/a", None, "head\nbad\nworse bad\n").await;
    assert_eq!(
        (refused.status.as_u16(), &refused.body["code"]),
        (422, &json!("pack_unfit"))
    );
    assert_eq!(refused.body["title"], "Tệp của gói thành phố có lỗi, chưa thay đổi gì");
    let first =
        json!({"file": "rules/a.yaml", "line": 2, "column": 1, "what": "'bad'", "remedy": "write another word"});
    assert_eq!(
        (&refused.body["mistakes"][0], &refused.body["more"]),
        (&first, &json!(0))
    );
    assert_eq!(refused.body["mistakes"].as_array().unwrap().len(), 2);
    let many = "bad\n".repeat(500);
    let refused = send(&stage, Method::PUT, "/rule/a", None, &many).await;
    assert_eq!(refused.body["mistakes"].as_array().unwrap().len(), 200);
    assert_eq!(refused.body["more"], 300);
    for (path, judged, body, status) in [
        ("/rules/a", None, "x", 404),
        ("/rule/..%2Fa", None, "x", 404),
        ("/orgs/other", None, "x", 404),
        ("/rule/a", Some("1"), "x", 422),
    ] {
        let answer = send(&stage, Method::PUT, path, judged, body).await;
        assert_eq!(answer.status.as_u16(), status, "{path}: {}", answer.body);
    }
    for body in [
        r#"{"take":"text"}"#,
        r#"{"take":"base","text":"x"}"#,
        r#"{"take":"mine"}"#,
        "{}",
    ] {
        let answer = send(&stage, Method::POST, "/rule/a/resolve", None, body).await;
        assert_eq!(answer.status.as_u16(), 422, "{body}: {}", answer.body);
    }
    let request = Request::put("/api/v1/pack/rule/a")
        .body(Body::from(vec![0xff, 0xfe]))
        .unwrap();
    assert_eq!(ask(&stage, Some(keeper()), request).await.status.as_u16(), 422);
    for path in ["/rule/none", "/rule/a/versions/9", "/nothing/a"] {
        assert_eq!(get(&stage, path).await.status.as_u16(), 404, "{path}");
    }
}

#[tokio::test]
async fn every_operation_refuses_the_anonymous_and_is_described() {
    let stage = stage().await;
    let document = serde_json::to_value(split(&stage).1).unwrap();
    let mut operations = 0;
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            operations += 1;
            assert!(
                operation["summary"].is_string() || operation["description"].is_string(),
                "{method} {path}"
            );
            let path = path
                .replace("{kind}", "rule")
                .replace("{id}", "a")
                .replace("{version}", "1");
            for (actor, status) in [(None, 401), (Some(person("nobody")), 403)] {
                let body = if method == "post" { r#"{"take":"base"}"# } else { "text" };
                let request = Request::builder()
                    .method(Method::from_bytes(method.to_uppercase().as_bytes()).unwrap())
                    .uri(&path)
                    .header("content-type", "application/json")
                    .body(Body::from(body))
                    .unwrap();
                let answer = ask(&stage, actor, request).await;
                assert_eq!(answer.status.as_u16(), status, "{method} {path}");
            }
        }
    }
    assert_eq!(operations, 7);
}
