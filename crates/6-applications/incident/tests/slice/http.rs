//! The API through its router, as a browser meets it.

mod act;
mod list;
mod refuse;

use crate::stage::{Stage, officer};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response, StatusCode};
use chassis::cursor::CursorKey;
use incident::http::{IncidentState, mount};
use kernel::actor::Actor;
use serde_json::{Value, json};
use std::sync::Arc;
use tower::ServiceExt;
use utoipa::openapi::OpenApi;

fn split(stage: &Stage) -> (Router, OpenApi) {
    mount(IncidentState {
        incidents: stage.incidents.clone(),
        cursors: CursorKey::new([7; 32]),
    })
    .split_for_parts()
}

struct Answer {
    status: StatusCode,
    etag: Option<String>,
    location: Option<String>,
    body: Value,
}

async fn ask(stage: &Stage, actor: Option<Actor>, mut request: Request<Body>) -> Answer {
    if let Some(actor) = actor {
        request.extensions_mut().insert(Arc::new(actor));
    }
    let response: Response<Body> = split(stage).0.oneshot(request).await.unwrap();
    let header = |name| {
        response
            .headers()
            .get(name)
            .map(|tag: &axum::http::HeaderValue| tag.to_str().unwrap().to_owned())
    };
    let (status, etag, location) = (response.status(), header("etag"), header("location"));
    let bytes = axum::body::to_bytes(response.into_body(), 4 << 20).await.unwrap();
    Answer {
        status,
        etag,
        location,
        body: serde_json::from_slice(&bytes).unwrap_or_default(),
    }
}

async fn get(stage: &Stage, path: &str) -> Answer {
    let request = Request::get(format!("/api/v1/incidents{path}"))
        .body(Body::empty())
        .unwrap();
    ask(stage, Some(officer()), request).await
}

async fn post_with(stage: &Stage, path: &str, header: Option<(&str, &str)>, body: Value) -> Answer {
    let mut request = Request::post(format!("/api/v1/incidents{path}")).header("content-type", "application/json");
    if let Some((name, value)) = header {
        request = request.header(name, value);
    }
    let request = request.body(Body::from(body.to_string())).unwrap();
    ask(stage, Some(officer()), request).await
}

async fn post(stage: &Stage, path: &str, body: Value) -> Answer {
    post_with(stage, path, None, body).await
}

fn call() -> Value {
    json!({ "title": "Nước vào nhà", "kind": "flood_depth", "severity": 2, "areas": ["00070"] })
}

async fn one(stage: &Stage) -> String {
    let answer = post(stage, "", call()).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    answer.body["id"].as_str().unwrap().to_owned()
}
