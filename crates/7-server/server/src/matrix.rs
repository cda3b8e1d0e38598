//! The authorisation matrix: the built router, asked on every route as every role at every place about things of every
//! owner, area and classification, and compared with what Cedar says. `cargo xtask matrix` prints its figures.

mod ask;
mod canary;
mod judge;
mod people;
mod stage;

use axum::Router;
use axum::extract::Request;
use axum::http::Method;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use judge::Found;
use stage::Stage;

/// At least as many cells are asserted (RELIABILITY S6).
const LEAST: usize = 10_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_whole_matrix_holds() {
    let stage = Stage::open().await;
    let found = judge::all(&stage, &stage.router()).await;
    println!("{}", found.summary());
    let Found { cells, holes, .. } = found;
    assert!(holes.is_empty(), "{} holes, such as:\n{}", holes.len(), first(&holes));
    assert!(cells >= LEAST, "only {cells} cells");
    stage.close().await;
}

/// A route that answers everybody, a list that shows everything and a route that does more than its cell says are found.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn planted_holes_are_found() {
    let stage = Stage::open().await;
    let real = stage.router();
    for (name, plant) in [
        ("one alert for everybody", leak_one as fn(Router, &Stage) -> Router),
        ("every alert in every list", leak_list),
        ("an act without its right", leak_act),
    ] {
        let found = judge::some(&stage, &plant(real.clone(), &stage), "/api/v1/alerts").await;
        println!(
            "planted: {name}: {} holes of {} cells found",
            found.holes.len(),
            found.cells
        );
        assert!(!found.holes.is_empty(), "{name} was not found");
    }
    stage.close().await;
}

/// RELIABILITY S7: strings of rows above one's reach stand in no answer, no figure and no record of the trail.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_canary_is_read_from_below() {
    let stage = Stage::open().await;
    let (router, canaries) = (stage.router(), canary::plant(&stage).await);
    let seen = canary::look(&stage, &router, &canaries).await;
    println!(
        "canaries: {} planted, {} answers looked at",
        canary::COUNT,
        seen.answers
    );
    println!(
        "canaries: read {} times by who may, leaks {}",
        seen.allowed,
        seen.leaks.len()
    );
    assert!(seen.leaks.is_empty(), "{}", first(&seen.leaks));
    assert!(
        seen.allowed >= canary::COUNT,
        "those who may read them did not: {}",
        seen.allowed
    );
    // what stays on the disk of the trail says who did what to what, and quotes nothing
    let trail = stage.files("audit");
    assert!(!trail.is_empty());
    for (name, bytes) in trail {
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains("canary"), "{name} quotes a canary");
    }
    let text = canaries[0].text.clone();
    let quoting = leak(router, move |request| {
        let missing = request.uri().path().starts_with("/api/v1/devices/c-");
        missing.then(|| format!("there is no {text}").into_response())
    });
    let planted = canary::look(&stage, &quoting, &canaries).await;
    println!("planted: an error that quotes: {} leaks found", planted.leaks.len());
    assert!(!planted.leaks.is_empty());
    stage.close().await;
}

#[test]
fn a_route_without_a_cell_does_not_start() {
    let holes = policy::cell::Cells::here().without_cell([("GET", "/api/v1/planted"), ("GET", "/api/v1/alerts")]);
    assert!(
        holes.len() == 1 && holes[0].contains("\"GET /api/v1/planted\" has no cell"),
        "{holes:?}"
    );
}

#[test]
fn every_cell_has_its_route() {
    let routes = crate::routes::all_routes(&crate::routes::openapi().unwrap());
    let routes = || routes.iter().map(|(method, path)| (method.as_str(), path.as_str()));
    let cells = policy::cell::Cells::here();
    assert_eq!(cells.without_cell(routes()), Vec::<String>::new());
    assert_eq!(cells.without_route(routes()), Vec::<String>::new());
}

fn first(holes: &[String]) -> String {
    holes.iter().take(20).cloned().collect::<Vec<_>>().join("\n")
}

/// Puts a hole in front of the real router.
fn leak(real: Router, hits: impl Fn(&Request) -> Option<Response> + Clone + Send + Sync + 'static) -> Router {
    real.layer(from_fn(move |request: Request, next: Next| {
        let hits = hits.clone();
        async move {
            match hits(&request) {
                Some(leaked) => leaked,
                None => next.run(request).await,
            }
        }
    }))
}

fn leak_one(real: Router, _: &Stage) -> Router {
    leak(real, |request| {
        let one = request.uri().path().starts_with("/api/v1/alerts/") && request.method() == Method::GET;
        one.then(|| "{}".into_response())
    })
}

fn leak_list(real: Router, stage: &Stage) -> Router {
    let ids: Vec<_> = stage.things.iter().filter(|thing| thing.kind == "alert").collect();
    let items: Vec<_> = ids.iter().map(|thing| serde_json::json!({ "id": thing.id })).collect();
    let body = serde_json::json!({ "items": items }).to_string();
    leak(real, move |request| {
        (request.uri().path() == "/api/v1/alerts").then(|| body.clone().into_response())
    })
}

fn leak_act(real: Router, _: &Stage) -> Router {
    leak(real, |request| {
        let act = request.uri().path().ends_with("/clear");
        act.then(|| axum::http::StatusCode::PRECONDITION_FAILED.into_response())
    })
}
