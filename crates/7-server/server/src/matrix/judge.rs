//! Sends the questions and holds the answers against what Cedar says.

use super::ask::{About, about, body, path};
use super::people::Asker;
use super::stage::{Stage, Thing};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::Request;
use chassis::tls::{Peer, PeerCertificates};
use futures::StreamExt;
use kernel::actor::Target;
use policy::action::Action;
use policy::cell::Cells;
use policy::engine::{Ask, Engine};
use serde_json::Value;
use std::collections::BTreeSet;
use std::time::Instant;
use tower::ServiceExt;

/// What came out.
pub(super) struct Found {
    pub(super) cells: usize,
    pub(super) holes: Vec<String>,
    routes: usize,
    askers: usize,
    allowed: usize,
    took: std::time::Duration,
}

impl Found {
    pub(super) fn summary(&self) -> String {
        format!(
            "matrix: {} routes, {} askers, {} cells ({} allowed, {} refused), holes {}, {:.1} s",
            self.routes,
            self.askers,
            self.cells,
            self.allowed,
            self.cells - self.allowed,
            self.holes.len(),
            self.took.as_secs_f64()
        )
    }
}

/// Everything.
pub(super) async fn all(stage: &Stage, router: &Router) -> Found {
    some(stage, router, "/").await
}

/// The routes whose path begins so.
pub(super) async fn some(stage: &Stage, router: &Router, prefix: &str) -> Found {
    let start = Instant::now();
    let routes: Vec<_> = Cells::here()
        .all()
        .filter(|(_, path, _)| path.starts_with(prefix))
        .collect();
    // a session that ends itself, or a password that changes, would end the asker
    let ends_itself = |method: &str, path: &str| method == "DELETE" && path == "/api/v1/session";
    let questions = stage.askers.iter().flat_map(|asker| {
        let routes = routes.iter().filter(|(method, path, _)| !ends_itself(method, path));
        routes.map(move |(method, path, action)| (asker, *method, *path, *action))
    });
    let answers: Vec<Vec<Cell>> = futures::stream::iter(questions)
        .map(|(asker, method, template, action)| row(stage, router, asker, method, template, action))
        .buffer_unordered(64)
        .collect()
        .await;
    let cells: Vec<Cell> = answers.into_iter().flatten().collect();
    Found {
        cells: cells.len(),
        allowed: cells.iter().filter(|cell| cell.allowed).count(),
        holes: cells.into_iter().filter_map(|cell| cell.hole).collect(),
        routes: routes.len(),
        askers: stage.askers.len(),
        took: start.elapsed(),
    }
}

struct Cell {
    allowed: bool,
    hole: Option<String>,
}

/// All cells of one asker on one route.
async fn row(stage: &Stage, router: &Router, asker: &Asker, method: &str, template: &str, action: Action) -> Vec<Cell> {
    let engine = stage.house.accounts.engine();
    let at_all = decide(engine, asker, &Ask::at_all(action));
    let name = |what: &str| format!("{} {method} {template} {what}", asker.name);
    match about(method, template) {
        About::Devices => {
            let (status, _) = send(router, asker, method, &path(template, None), None).await;
            vec![cell(false, status, 401, name("as a person"), status == 401)]
        }
        About::AtAll | About::Stream => {
            let (status, _) = send(router, asker, method, &path(template, None), body(method, template)).await;
            // a sign-in that fails is let in
            let door = template == "/api/v1/session" && method == "POST";
            vec![judged(at_all, asker, status, name(""), door)]
        }
        About::List(kind, field) => {
            let (status, answer) = send(router, asker, method, &path(template, None), None).await;
            let shown: BTreeSet<&str> = answer["items"]
                .as_array()
                .map(|items| items.iter().filter_map(|item| item[field].as_str()).collect())
                .unwrap_or_default();
            let mut cells = vec![judged(at_all, asker, status, name("as a list"), false)];
            for thing in stage.things.iter().filter(|thing| thing.kind == kind) {
                let allowed = decide(engine, asker, &on(action, thing));
                let there = shown.contains(thing.id.as_str());
                let what = name(&format!("shows {thing:?}: {there}, should be {allowed}"));
                cells.push(Cell {
                    allowed,
                    hole: (there != allowed).then_some(what),
                });
            }
            cells
        }
        About::One(kind) => {
            let mut cells = Vec::new();
            for thing in stage.things.iter().filter(|thing| thing.kind == kind) {
                let to = path(template, Some(&thing.id));
                let (status, answer) = send(router, asker, method, &to, body(method, template)).await;
                let sees = decide(engine, asker, &on(seeing(action), thing));
                cells.push(one(at_all, sees, asker, status, &answer, name(&format!("{thing:?}"))));
            }
            if kind == "person" && asker.secret.is_some() {
                cells.push(oneself(stage, router, asker, method, template, action).await);
            }
            cells
        }
    }
}

/// Upon one thing: who may not do it at all is told so, and what lies out of reach does not exist.
fn one(at_all: bool, sees: bool, asker: &Asker, status: u16, answer: &Value, what: String) -> Cell {
    if !at_all {
        return judged(false, asker, status, what, false);
    }
    if !sees {
        return cell(false, status, 404, what, status == 404);
    }
    // a part of it that does not exist is said in other words than the thing itself
    let part = ["right", "session", "token", "link"].iter().any(|part| {
        let detail = answer["detail"].as_str().unwrap_or_default();
        detail.contains(&format!("no such {part} "))
    });
    let right = !matches!(status, 401 | 403) && (status != 404 || part) && status < 500;
    cell(true, status, 200, what, right)
}

/// An account asks about itself: what is never for oneself is refused, also to those who may do it to others.
async fn oneself(stage: &Stage, router: &Router, asker: &Asker, method: &str, template: &str, action: Action) -> Cell {
    let engine = stage.house.accounts.engine();
    let allowed = decide(
        engine,
        asker,
        &Ask {
            person: Some(asker.person),
            ..Ask::at_all(action)
        },
    );
    // ending and token routes are guarded by what they name; an account that is its own is asked about what is not there
    let (status, _) = send(
        router,
        asker,
        method,
        &path(template, Some(&asker.account)),
        body(method, template),
    )
    .await;
    let what = format!("{} {method} {template} upon oneself", asker.name);
    let named_apart = template.contains("/sessions/") || template.contains("/tokens/");
    let refused = matches!(status, 401 | 403) || (named_apart && status == 404);
    cell(
        allowed,
        status,
        if allowed { 200 } else { 403 },
        what,
        refused != allowed || named_apart && status == 404,
    )
}

fn judged(allowed: bool, asker: &Asker, status: u16, what: String, door: bool) -> Cell {
    let refusal = if asker.secret.is_some() { 403 } else { 401 };
    let right = if allowed {
        door || !matches!(status, 401 | 403) && status < 500
    } else {
        status == refusal
    };
    cell(allowed, status, if allowed { 200 } else { refusal }, what, right)
}

fn cell(allowed: bool, status: u16, expected: u16, what: String, right: bool) -> Cell {
    Cell {
        allowed,
        hole: (!right).then(|| {
            format!(
                "{what}: {status}, expected {}",
                if allowed { "in".into() } else { expected.to_string() }
            )
        }),
    }
}

/// The action by which one comes to see what one acts upon.
fn seeing(action: Action) -> Action {
    match action.code().split('.').next() {
        Some("person" | "right" | "session" | "token" | "service") => Action::PersonRead,
        _ => action,
    }
}

fn on(action: Action, thing: &Thing) -> Ask<'_> {
    Ask {
        action,
        target: Some(Target {
            owner: thing.owner.as_ref(),
            areas: &thing.areas,
            classification: thing.classification,
            purposes: &[],
        }),
        person: None,
    }
}

fn decide(engine: &Engine, asker: &Asker, ask: &Ask<'_>) -> bool {
    engine.decide(&asker.principal, ask).unwrap().allowed
}

/// The body of the answer as text.
pub(super) async fn text(router: &Router, asker: &Asker, method: &str, path: &str, body: Option<Value>) -> String {
    String::from_utf8_lossy(&ask(router, asker, method, path, body).await.1).into_owned()
}

/// Everybody asks from this machine.
fn here() -> Peer {
    Peer {
        address: ([127, 0, 0, 1], 1).into(),
        certificates: PeerCertificates::default(),
    }
}

/// Status, and the answer unless it streams.
async fn send(router: &Router, asker: &Asker, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
    let (status, bytes) = ask(router, asker, method, path, body).await;
    (status, serde_json::from_slice(&bytes).unwrap_or_default())
}

async fn ask(
    router: &Router,
    asker: &Asker,
    method: &str,
    path: &str,
    body: Option<Value>,
) -> (u16, axum::body::Bytes) {
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .extension(ConnectInfo(here()))
        .header("if-match", "\"999999\"");
    if let Some(secret) = &asker.secret {
        request = request.header("authorization", format!("Bearer {secret}"));
    }
    let request = match body {
        Some(body) => request
            .header("content-type", "application/json")
            .body(Body::from(body.to_string())),
        None => request.body(Body::empty()),
    };
    let response = router.clone().oneshot(request.unwrap()).await.unwrap();
    let status = response.status().as_u16();
    let kind = response
        .headers()
        .get("content-type")
        .and_then(|kind| kind.to_str().ok());
    if kind.is_some_and(|kind| kind.starts_with("text/event-stream")) {
        return (status, axum::body::Bytes::new());
    }
    let bytes = to_bytes(response.into_body(), 16 << 20).await.unwrap();
    (status, bytes)
}
