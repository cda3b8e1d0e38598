//! Presence through the API: by the promise of the profile, on a clock that stands still until it is moved.

use crate::ground::{Ground, administrator, gauge};
use crate::http::{Api, api};
use serde_json::{Value, json};
use std::time::Duration;

async fn of(api: &Api, id: &str) -> (Value, Value) {
    let (status, one) = api
        .ask(administrator(), "GET", &format!("/api/v1/devices/{id}"), None)
        .await;
    assert_eq!(status, 200, "{one}");
    (one["presence"].clone(), one["expected_every_s"].clone())
}

async fn ids(api: &Api, query: &str) -> (Vec<String>, Option<String>) {
    let path = format!("/api/v1/devices?{query}");
    let (status, page) = api.ask(administrator(), "GET", &path, None).await;
    assert_eq!(status, 200, "{page}");
    let items = page["items"].as_array().unwrap();
    let ids = items.iter().map(|item| item["id"].as_str().unwrap().to_owned());
    (ids.collect(), page["next"].as_str().map(str::to_owned))
}

#[tokio::test]
async fn a_device_is_never_heard_then_alive_then_silent_then_alive() {
    let ground = Ground::with([gauge("gauge-1", &["00070"])]).await;
    let api = api(&ground);
    assert_eq!(of(&api, "gauge-1").await, (json!("never"), json!(60)));
    api.heard.at("gauge-1", ground.devices.now());
    for (pass_s, expected) in [(0, "alive"), (179, "alive"), (1, "silent"), (86_400, "silent")] {
        ground.clock.advance(Duration::from_secs(pass_s));
        assert_eq!(of(&api, "gauge-1").await.0, json!(expected), "after {pass_s} s more");
    }
    api.heard.at("gauge-1", ground.devices.now());
    assert_eq!(of(&api, "gauge-1").await.0, json!("alive"));
}

#[tokio::test]
async fn lists_are_narrowed_to_presence_page_by_page() {
    let ground = Ground::with((0..30).map(|n| gauge(&format!("gauge-{n:02}"), &["00070"]))).await;
    let api = api(&ground);
    ground.clock.advance(Duration::from_secs(3_600));
    let now = ground.devices.now();
    for n in 0..20 {
        let ago = Duration::from_secs(if n % 2 == 0 { 1 } else { 1_000 });
        api.heard.at(&format!("gauge-{n:02}"), now.minus(ago));
    }
    for (presence, expected) in [
        ("alive", (0..20).step_by(2).collect::<Vec<_>>()),
        ("silent", (1..20).step_by(2).collect()),
        ("never", (20..30).collect()),
    ] {
        let expected: Vec<String> = expected.iter().map(|n| format!("gauge-{n:02}")).collect();
        assert_eq!(
            ids(&api, &format!("presence={presence}")).await,
            (expected.clone(), None),
            "{presence}"
        );
        let (mut seen, mut query) = (Vec::new(), format!("presence={presence}&limit=3"));
        loop {
            let (page, next) = ids(&api, &query).await;
            assert!(page.len() <= 3);
            seen.extend(page);
            let Some(next) = next else { break };
            query = format!("presence={presence}&limit=3&cursor={next}");
        }
        assert_eq!(seen, expected, "{presence}");
    }
    let (status, problem) = api
        .ask(administrator(), "GET", "/api/v1/devices?presence=dead", None)
        .await;
    assert_eq!((status, &problem["code"]), (422, &json!("invalid_value")));
}
