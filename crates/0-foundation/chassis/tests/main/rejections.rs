//! Bodies, queries and paths that do not fit are answered with problems in two languages.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::DefaultBodyLimit;
use axum::http::Request;
use axum::routing::{get, post};
use chassis::json::{Json, Path, Query};
use chassis::problem::Problem;
use chassis::texts;
use kernel::error::ErrorKind;
use serde::Deserialize;
use serde_json::Value;
use tower::ServiceExt;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "only read to be refused")]
struct Asked {
    limit: u32,
}

fn api() -> Router {
    Router::new()
        .route("/body", post(async |_: Json<Asked>| "read"))
        .route("/query", get(async |_: Query<Asked>| "read"))
        .route("/path/{id}", get(async |_: Path<String>| "read"))
        .layer(DefaultBodyLimit::max(100))
}

async fn ask(request: Request<Body>) -> (u16, Value) {
    let response = api().oneshot(request).await.unwrap();
    let status = response.status().as_u16();
    let bytes = to_bytes(response.into_body(), 10_000).await.unwrap();
    (status, serde_json::from_slice(&bytes).unwrap_or_default())
}

fn body(content_type: &str, text: &str) -> Request<Body> {
    let request = Request::post("/body").header("content-type", content_type);
    request.body(Body::from(text.to_owned())).unwrap()
}

fn path(path: &str) -> Request<Body> {
    Request::get(path).body(Body::empty()).unwrap()
}

#[tokio::test]
async fn each_mistake_has_its_code_and_says_what_is_wrong() {
    let long = format!("{{\"limit\": 1{}}}", " ".repeat(100));
    let json = "application/json";
    for (request, status, code, says) in [
        (body(json, "{\"limit\": 1"), 400, "malformed", "line 1 column"),
        (
            body(json, "{\"limit\": \"x\"}"),
            422,
            "invalid_value",
            "limit: invalid type",
        ),
        (
            body(json, "{\"limit\": 1, \"limt\": 2}"),
            422,
            "invalid_value",
            "unknown field `limt`",
        ),
        (
            body("text/plain", "{\"limit\": 1}"),
            415,
            "unknown_format",
            "application/json",
        ),
        (body(json, &long), 413, "too_large", "limit"),
        (path("/query?limit=x"), 422, "invalid_value", "limit: invalid digit"),
        (
            path("/query?limit=1&page=2"),
            422,
            "invalid_value",
            "unknown field `page`",
        ),
        (path("/query"), 422, "invalid_value", "missing field `limit`"),
        (path("/path/%FF"), 404, "not_found", "UTF-8"),
    ] {
        let (found, problem) = ask(request).await;
        assert_eq!((found, problem["code"].as_str()), (status, Some(code)), "{problem}");
        let (title, detail) = (problem["title"].as_str().unwrap(), problem["detail"].as_str().unwrap());
        assert_eq!(
            (title, problem["title_en"].as_str().unwrap()),
            (&*texts::problem(code).vi, &*texts::problem(code).en)
        );
        assert!(texts::is_known(code) && detail.contains(says), "{detail}");
    }
}

#[tokio::test]
async fn good_requests_pass() {
    for request in [
        body("application/json", "{\"limit\": 1}"),
        path("/query?limit=1"),
        path("/path/c%E1%BA%A7u"),
    ] {
        assert_eq!(ask(request).await.0, 200);
    }
}

#[tokio::test]
async fn a_body_that_breaks_off_is_not_called_too_large() {
    let broken = futures::stream::iter([Ok("{\"limit\""), Err(std::io::Error::other("gone"))]);
    let request = Request::post("/body").header("content-type", "application/json");
    let (status, problem) = ask(request.body(Body::from_stream(broken)).unwrap()).await;
    assert_eq!((status, problem["code"].as_str()), (400, Some("malformed")));
}

#[test]
fn what_passes_by_itself_says_when_to_come_back() {
    use axum::response::IntoResponse;
    for (kind, expected) in [
        (ErrorKind::Unavailable, Some("1")),
        (ErrorKind::Exhausted, Some("5")),
        (ErrorKind::Invalid, None),
    ] {
        let response = Problem::new(kind, "internal", "").into_response();
        let header = response
            .headers()
            .get("retry-after")
            .map(|value| value.to_str().unwrap());
        assert_eq!(header, expected, "{kind:?}");
    }
}
