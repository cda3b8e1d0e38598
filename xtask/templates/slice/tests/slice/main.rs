//! The slice through its routes, on the real embedded engine, with a clock that stands.
#![allow(clippy::unwrap_used, reason = "a test may stop")]

use __name__::service::__Names__;
use __name__::store::Store;
use __name__::{__Name__State, mount};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use chassis::cursor::CursorKey;
use embedded::records::{EmbeddedRecords, RecordsOptions};
use kernel::actor::Actor;
use kernel::id::TenantId;
use ports::journal::Journal;
use serde_json::{Value, json};
use std::sync::Arc;
use testkit::clock::VirtualClock;
use tower::ServiceExt;

struct Stage {
    engine: EmbeddedRecords,
    routes: Router,
    actor: Actor,
    _folder: tempfile::TempDir,
}

impl Stage {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let engine = EmbeddedRecords::open(folder.path().join("records.sqlite"), RecordsOptions::default()).unwrap();
        let tenant = TenantId::new("gov").unwrap();
        let store = Store::new(Arc::new(engine.clone()), tenant.clone());
        let state = __Name__State {
            __names__: __Names__::new(store, Arc::new(VirtualClock::default())),
            cursors: CursorKey::new([7; 32]),
        };
        Self {
            engine,
            routes: mount(state).split_for_parts().0,
            actor: Actor::service("test", &tenant),
            _folder: folder,
        }
    }

    /// Asks as the stage's actor, or as nobody.
    async fn ask(&self, signed: bool, method: &str, path: &str, body: Value) -> (u16, Value) {
        let request = Request::builder().method(method).uri(format!("/api/v1/__names__{path}"));
        let request = request.header("content-type", "application/json");
        let mut request = request.body(Body::from(body.to_string())).unwrap();
        if signed {
            request.extensions_mut().insert(Arc::new(self.actor.clone()));
        }
        let response = self.routes.clone().oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let bytes = to_bytes(response.into_body(), 1 << 20).await.unwrap();
        (status, serde_json::from_slice(&bytes).unwrap_or_default())
    }
}

#[tokio::test]
async fn a_life_through_the_routes_is_told_in_the_journal() {
    let stage = Stage::new();
    let (status, opened) = stage.ask(true, "POST", "", json!({"title": "Một", "areas": ["00070"]})).await;
    assert_eq!(status, 201, "{opened}");
    let id = opened["id"].as_str().unwrap();
    let (status, closed) = stage.ask(true, "POST", &format!("/{id}/close"), Value::Null).await;
    assert_eq!((status, &closed["version"]), (200, &json!(2)), "{closed}");
    let (status, _) = stage.ask(true, "POST", &format!("/{id}/close"), Value::Null).await;
    assert_eq!(status, 409);
    let (_, page) = stage.ask(true, "GET", "", Value::Null).await;
    assert_eq!(page["items"], json!([closed]));
    let told = Journal::read(&stage.engine, 0, &[], 10).await.unwrap();
    let kinds: Vec<_> = told.iter().map(|entry| entry.fact.kind.as_str()).collect();
    assert_eq!(kinds, ["__name__.opened.v1", "__name__.closed.v1"]);
}

#[tokio::test]
async fn what_does_not_fit_is_refused() {
    let stage = Stage::new();
    for (signed, method, path, body, expected) in [
        (false, "GET", "", Value::Null, 401),
        (false, "POST", "", json!({"title": "Một"}), 401),
        (true, "POST", "", json!({"title": " "}), 422),
        (true, "POST", "", json!({"title": "Một", "areas": ["x"]}), 422),
        (true, "GET", "?limit=0", Value::Null, 422),
        (true, "GET", "/no-id", Value::Null, 404),
        (true, "POST", "/01900000-0000-7000-8000-000000000000/close", Value::Null, 404),
    ] {
        let (status, answer) = stage.ask(signed, method, path, body).await;
        assert_eq!(status, expected, "{method} {path}: {answer}");
    }
}
