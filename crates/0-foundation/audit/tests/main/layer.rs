//! The layer around routes: what it records, and that nothing passes it unrecorded.

use crate::ground::Ground;
use audit::http::{outcome, record};
use audit::model::Outcome;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use chassis::tls::{Peer, PeerCertificates};
use kernel::actor::{Actor, ActorId};
use kernel::id::TenantId;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use testkit::faulty_log::LogFaults;
use tokio::sync::{Notify, mpsc};
use tower::ServiceExt;

fn actor(name: &str) -> Arc<Actor> {
    Arc::new(Actor::service(name, &TenantId::new("gov").unwrap()))
}

fn api(ground: &Ground) -> Router {
    let names_actor = async || {
        let mut response = ([("set-cookie", "secret=1")], "secret body").into_response();
        response.extensions_mut().insert(actor("signed-in"));
        response
    };
    Router::new()
        .route("/things/{id}", get(async || "secret body"))
        .route("/session", post(names_actor))
        .route("/bug", get(async || -> &'static str { panic!("a bug for the test") }))
        .route("/denied", get(async || StatusCode::FORBIDDEN))
        .layer(from_fn_with_state(ground.audit.clone(), record))
}

async fn ask(api: &Router, mut request: Request<Body>, by: Option<&str>) -> Response {
    if let Some(name) = by {
        request.extensions_mut().insert(actor(name));
    }
    api.clone().oneshot(request).await.unwrap()
}

fn request(method: &str, path: &str) -> Request<Body> {
    Request::builder().method(method).uri(path).body(Body::empty()).unwrap()
}

fn service(name: &str) -> ActorId {
    ActorId::Service(name.into())
}

#[tokio::test]
async fn a_record_says_who_what_where_and_how_it_ended() {
    let ground = Ground::new();
    let api = api(&ground);
    let mut first = request("GET", "/things/7?part=a");
    let address = "10.0.0.9:4711".parse().unwrap();
    let certificates = PeerCertificates::default();
    first
        .extensions_mut()
        .insert(ConnectInfo(Peer { address, certificates }));
    assert_eq!(ask(&api, first, Some("asks")).await.status(), 200);
    let records = ground.records().await;
    assert_eq!(records.len(), 1, "it is there when the answer is");
    let only = &records[0];
    assert_eq!(
        (only.actor.clone(), only.act.as_str()),
        (service("asks"), "GET /things/{id}")
    );
    assert_eq!(
        (only.target.as_str(), only.from.as_str()),
        ("/things/7?part=a", "10.0.0.9:4711")
    );
    assert_eq!(
        (only.outcome, only.detail["status"].as_str()),
        (Outcome::Allowed, "200")
    );
}

#[tokio::test]
async fn the_actor_of_the_answer_stands_above_that_of_the_request() {
    let ground = Ground::new();
    let api = api(&ground);
    ask(&api, request("POST", "/session"), None).await;
    ask(&api, request("POST", "/session"), Some("before")).await;
    ask(&api, request("GET", "/denied"), None).await;
    let records = ground.records().await;
    let actors: Vec<_> = records
        .iter()
        .map(|record| (record.actor.clone(), record.outcome))
        .collect();
    let signed_in = (service("signed-in"), Outcome::Allowed);
    assert_eq!(
        actors,
        [signed_in.clone(), signed_in, (ActorId::Anonymous, Outcome::Denied)]
    );
}

#[test]
fn every_status_has_its_outcome() {
    for (status, expected) in [
        (101, Outcome::Allowed),
        (200, Outcome::Allowed),
        (304, Outcome::Allowed),
        (400, Outcome::Failed),
        (401, Outcome::Denied),
        (403, Outcome::Denied),
        (404, Outcome::Failed),
        (409, Outcome::Failed),
        (429, Outcome::Failed),
        (500, Outcome::Failed),
        (503, Outcome::Failed),
    ] {
        assert_eq!(outcome(status), expected, "{status}");
    }
}

#[tokio::test]
async fn without_a_record_there_is_no_answer() {
    let ground = Ground::new();
    let api = api(&ground);
    let faults = [
        LogFaults {
            append_error: 1.0,
            ..LogFaults::default()
        },
        LogFaults {
            append_full: 1.0,
            ..LogFaults::default()
        },
        LogFaults {
            lost_answer: 1.0,
            ..LogFaults::default()
        },
    ];
    for fault in faults {
        ground.faulty.set_faults(fault);
        for request in [request("GET", "/things/7"), request("POST", "/session")] {
            let response = ask(&api, request, None).await;
            assert_eq!(response.status(), 503);
            assert!(response.headers().contains_key("retry-after"));
            assert!(
                !response.headers().contains_key("set-cookie"),
                "no header of the withheld answer"
            );
            let body = to_bytes(response.into_body(), 10_000).await.unwrap();
            let body = String::from_utf8(body.to_vec()).unwrap();
            assert!(body.contains("audit_unavailable") && !body.contains("secret"), "{body}");
        }
    }
    ground.faulty.set_faults(LogFaults::default());
    assert_eq!(ask(&api, request("GET", "/things/7"), None).await.status(), 200);
}

#[tokio::test]
async fn while_the_log_is_away_nothing_is_changed() {
    let ground = Ground::new();
    let changes = Arc::new(AtomicU64::default());
    let counts = Arc::clone(&changes);
    let handler = move || {
        let counts = Arc::clone(&counts);
        async move {
            counts.fetch_add(1, Ordering::Relaxed);
        }
    };
    let api = Router::new()
        .route("/", post(handler))
        .layer(from_fn_with_state(ground.audit.clone(), record));
    ground.faulty.set_faults(LogFaults {
        append_error: 1.0,
        ..LogFaults::default()
    });
    for _ in 0..5 {
        assert_eq!(ask(&api, request("POST", "/"), Some("asks")).await.status(), 503);
    }
    assert_eq!(
        changes.load(Ordering::Relaxed),
        1,
        "the first finds out, the others are refused before they begin"
    );
    ground.faulty.set_faults(LogFaults::default());
    assert_eq!(ask(&api, request("POST", "/"), Some("asks")).await.status(), 200);
    let acts: Vec<_> = ground.records().await.into_iter().map(|record| record.act).collect();
    assert_eq!(acts, ["audit.resumed", "POST /"]);
}

#[tokio::test]
async fn a_handler_that_panics_is_answered_and_recorded() {
    let ground = Ground::new();
    let response = ask(&api(&ground), request("GET", "/bug"), Some("asks")).await;
    assert_eq!(response.status(), 500);
    let body = to_bytes(response.into_body(), 10_000).await.unwrap();
    assert!(!String::from_utf8_lossy(&body).contains("a bug for the test"));
    let records = ground.records().await;
    assert_eq!(
        (records[0].actor.clone(), records[0].outcome),
        (service("asks"), Outcome::Failed)
    );
}

#[tokio::test]
async fn a_change_is_recorded_also_when_the_client_goes_away() {
    let ground = Ground::new();
    let (tells, mut hears) = mpsc::unbounded_channel();
    let go = Arc::new(Notify::new());
    let waits = Arc::clone(&go);
    let handler = move || {
        let (tells, waits) = (tells.clone(), Arc::clone(&waits));
        async move {
            let _ = tells.send(());
            waits.notified().await;
        }
    };
    let api = Router::new()
        .route("/", post(handler))
        .layer(from_fn_with_state(ground.audit.clone(), record));
    let client = tokio::spawn(api.oneshot(request("POST", "/")));
    hears.recv().await.unwrap();
    client.abort();
    assert!(client.await.unwrap_err().is_cancelled());
    let mut head = ground.tenant.audit.head();
    head.mark_unchanged();
    go.notify_one();
    head.changed().await.unwrap();
    assert_eq!(ground.records().await[0].act, "POST /");
}

#[tokio::test]
async fn a_stranger_who_knocks_again_and_again_is_counted() {
    let ground = Ground::new();
    let api = api(&ground);
    let knock = async || ask(&api, request("GET", "/denied"), None).await.status();
    ground.faulty.set_faults(LogFaults {
        append_error: 1.0,
        ..LogFaults::default()
    });
    assert_eq!(knock().await, 503, "the first is not answered without its record");
    ground.faulty.set_faults(LogFaults::default());
    for _ in 0..1_000 {
        assert_eq!(knock().await, 403);
    }
    ask(&api, request("GET", "/denied"), Some("known")).await;
    ask(&api, request("GET", "/denied"), Some("known")).await;
    assert_eq!(ground.records().await.len(), 3, "only strangers are joined");
    ground.audit.flush().await.unwrap();
    let records = ground.records().await;
    assert_eq!(records.len(), 4);
    let last = &records[3];
    assert_eq!((last.act.as_str(), last.outcome), ("GET /denied", Outcome::Denied));
    assert_eq!(last.detail["more"], "999");
    ground.audit.flush().await.unwrap();
    assert_eq!(ground.records().await.len(), 4, "nothing new, nothing written");
}

#[tokio::test]
async fn a_way_back_from_another_site_is_a_change_without_its_secrets_and_with_its_reason() {
    const BACK: &str = "/api/v1/session/oidc/{provider}/back";
    let ground = Ground::new();
    let refuses = async || {
        let mut response = StatusCode::UNAUTHORIZED.into_response();
        response.extensions_mut().insert(audit::http::Why("nobody is linked"));
        response
    };
    let api = Router::new()
        .route(BACK, get(refuses))
        .layer(from_fn_with_state(ground.audit.clone(), record));
    let back = || request("GET", "/api/v1/session/oidc/city/back?code=secret&state=secret");
    assert_eq!(ask(&api, back(), Some("asks")).await.status(), 401);
    let records = ground.records().await;
    let only = &records[0];
    assert_eq!(
        (only.act.as_str(), only.target.as_str()),
        (
            "GET /api/v1/session/oidc/{provider}/back",
            "/api/v1/session/oidc/city/back"
        )
    );
    assert_eq!(
        (only.outcome, only.detail["reason"].as_str()),
        (Outcome::Denied, "nobody is linked")
    );
    // while the log is away, nobody comes in by GET either
    ground.faulty.set_faults(LogFaults {
        append_error: 1.0,
        ..LogFaults::default()
    });
    for _ in 0..2 {
        assert_eq!(ask(&api, back(), None).await.status(), 503);
    }
}
