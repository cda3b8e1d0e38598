//! The device API: statuses, pages by signed cursor, and what is never shown.

use crate::ground::{Ground, Way, administrator, gauge, of_areas};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, Response};
use chassis::cursor::CursorKey;
use device::http::{Contacts, DeviceState, mount};
use kernel::actor::Actor;
use kernel::time::Timestamp;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use tower::ServiceExt;

/// When devices were heard.
#[derive(Default)]
pub(crate) struct Heard(Mutex<BTreeMap<String, Timestamp>>);

impl Heard {
    pub(crate) fn at(&self, device: &str, at: Timestamp) {
        self.0.lock().unwrap().insert(device.to_owned(), at);
    }
}

impl Contacts for Heard {
    fn last_contact(&self, device: &str) -> Option<Timestamp> {
        self.0.lock().unwrap().get(device).copied()
    }
}

/// The routes, with what stands behind them.
pub(crate) struct Api {
    router: Router,
    pub(crate) heard: Arc<Heard>,
    pub(crate) way: Way,
}

pub(crate) fn api(ground: &Ground) -> Api {
    let (heard, way) = (Arc::<Heard>::default(), ground.way());
    let state = DeviceState {
        devices: ground.devices.clone(),
        commands: way.commands.clone(),
        certificates: ground.certificates.clone(),
        contacts: Arc::<Heard>::clone(&heard),
        cursors: CursorKey::new([7; 32]),
    };
    let router = mount(state).split_for_parts().0;
    Api { router, heard, way }
}

impl Api {
    pub(crate) async fn ask(&self, by: Actor, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
        ask(self, Some(by), method, path, body).await
    }

    pub(crate) async fn send(&self, by: Option<Actor>, mut request: Request<Body>) -> Response<Body> {
        by.map(|actor| request.extensions_mut().insert(Arc::new(actor)));
        self.router.clone().oneshot(request).await.unwrap()
    }
}

async fn ask(api: &Api, by: Option<Actor>, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("content-type", "application/json");
    let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
    let response = api.send(by, request.body(body).unwrap()).await;
    let status = response.status().as_u16();
    let bytes = to_bytes(response.into_body(), 1 << 20).await.unwrap();
    (status, serde_json::from_slice(&bytes).unwrap_or_default())
}

#[tokio::test]
async fn a_device_from_registration_to_block() {
    let ground = Ground::new();
    let api = api(&ground);
    api.heard.at("gauge-001", Timestamp::EPOCH);
    let boss = || Some(administrator());
    let body = json!({"id": "gauge-001", "title": {"vi": "Trạm đo ngập"}, "profile": "flood-gauge", "org": "so-xay-dung",
        "areas": ["00070"], "place": {"lon": 105.85, "lat": 21.03}});
    let (status, made) = ask(&api, boss(), "POST", "/api/v1/devices", Some(body.clone())).await;
    assert_eq!(
        (status, &made["id"], &made["state"]),
        (201, &json!("gauge-001"), &json!("active"))
    );
    let (status, problem) = ask(&api, boss(), "POST", "/api/v1/devices", Some(body.clone())).await;
    assert_eq!((status, &problem["code"]), (409, &json!("exists_already")));
    let (status, one) = ask(&api, boss(), "GET", "/api/v1/devices/gauge-001", None).await;
    assert_eq!((status, &one["series"][0]["name"]), (200, &json!("depth")));
    assert_eq!(one["last_contact"], json!("1970-01-01T00:00:00Z"));
    let (status, token) = ask(&api, boss(), "POST", "/api/v1/devices/gauge-001/token", None).await;
    assert_eq!((status, token["token"].as_str().unwrap().len()), (200, 64));
    let blocked = json!({"state": "blocked"});
    let (status, one) = ask(&api, boss(), "PUT", "/api/v1/devices/gauge-001/state", Some(blocked)).await;
    assert_eq!((status, &one["state"]), (200, &json!("blocked")));
    assert!(!one.to_string().contains("token"));
}

#[tokio::test]
async fn mistakes_name_their_field() {
    let ground = Ground::new();
    let api = api(&ground);
    let good = json!({"id": "a", "title": {"vi": "Trạm"}, "profile": "flood-gauge", "org": "so"});
    for (field, wrong) in [
        ("id", json!("a/b")),
        ("profile", json!("no-such")),
        ("org", json!("")),
        ("areas", json!(["x"])),
        ("place", json!({"lon": 200, "lat": 0})),
        ("gateway", json!("a")),
        ("title", json!({"vi": ""})),
    ] {
        let mut body = good.clone();
        body[field] = wrong;
        let (status, problem) = ask(&api, Some(administrator()), "POST", "/api/v1/devices", Some(body)).await;
        assert_eq!((status, &problem["field"]), (422, &json!(field)), "{problem}");
    }
    for (path, status, code) in [
        ("/api/v1/devices?area=x", 422, "invalid_value"),
        ("/api/v1/devices?limit=0", 422, "invalid_value"),
        ("/api/v1/devices?page=2", 422, "invalid_value"),
        ("/api/v1/devices?cursor=AAAA", 400, "cursor_invalid"),
        ("/api/v1/devices/nobody", 404, "not_found"),
        ("/api/v1/devices/%FF", 404, "not_found"),
        ("/api/v1/devices/a%2Fb", 404, "not_found"),
    ] {
        let (found, problem) = ask(&api, Some(administrator()), "GET", path, None).await;
        assert_eq!((found, &problem["code"]), (status, &json!(code)), "{path}");
    }
    for method in ["GET", "POST"] {
        let (status, problem) = ask(&api, None, method, "/api/v1/devices", Some(good.clone())).await;
        assert_eq!((status, &problem["code"]), (401, &json!("not_signed_in")));
    }
}

#[tokio::test]
async fn pages_follow_their_cursor_within_the_scope() {
    let areas = [["00070"], ["00100"]];
    let ground = Ground::with((0..20).map(|n| gauge(&format!("gauge-{n:03}"), &areas[n % 2]))).await;
    let api = api(&ground);
    let (mut path, mut seen) = ("/api/v1/devices?limit=4".to_owned(), Vec::new());
    loop {
        let (status, page) = ask(&api, Some(of_areas(&["00100"])), "GET", &path, None).await;
        assert_eq!(status, 200);
        let items = page["items"].as_array().unwrap();
        seen.extend(items.iter().map(|item| item["id"].as_str().unwrap().to_owned()));
        let Some(next) = page["next"].as_str() else { break };
        assert_eq!(items.len(), 4);
        path = format!("/api/v1/devices?limit=4&cursor={next}");
        let foreign = format!("{path}&area=00100");
        let (status, problem) = ask(&api, Some(administrator()), "GET", &foreign, None).await;
        assert_eq!(
            (status, &problem["code"]),
            (400, &json!("cursor_invalid")),
            "another filter, another cursor"
        );
    }
    let expected: Vec<String> = (0..20)
        .filter(|n| n % 2 == 1)
        .map(|n| format!("gauge-{n:03}"))
        .collect();
    assert_eq!(seen, expected);
}
