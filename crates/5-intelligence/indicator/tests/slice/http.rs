//! The API through its router, as a browser meets it.

use crate::stage::{Stage, somebody};
use crate::vectors::PM25;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use indicator::http::{IndicatorState, mount};
use kernel::actor::Actor;
use serde_json::{Value, json};
use std::sync::Arc;
use tower::ServiceExt;

async fn ask(stage: &Stage, actor: Option<Actor>, path: &str) -> (StatusCode, Value) {
    let state = IndicatorState {
        indicators: stage.indicators.clone(),
    };
    let mut request = Request::get(format!("/api/v1/indicators{path}"))
        .body(Body::empty())
        .unwrap();
    if let Some(actor) = actor {
        request.extensions_mut().insert(Arc::new(actor));
    }
    let response = mount(state).split_for_parts().0.oneshot(request).await.unwrap();
    let status = response.status();
    let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
    (status, serde_json::from_slice(&bytes).unwrap_or_default())
}

async fn get(stage: &Stage, path: &str) -> Value {
    let (status, body) = ask(stage, Some(somebody("duty_officer", None)), path).await;
    assert_eq!(status, 200, "{body}");
    body
}

async fn example() -> Stage {
    let stage = Stage::new();
    stage.report("st-1", "pm25", 0, &PM25).await;
    stage.report("st-1", "o3", 11, &[136.1]).await;
    stage.report("st-1", "no2", 11, &[118.7]).await;
    stage.report("st-2x", "pm25", 0, &[80.0; 24]).await;
    stage.at(12 * 60 + 1);
    stage
}

#[tokio::test]
async fn the_list_says_what_the_index_is_and_where_it_comes_from() {
    let stage = example().await;
    let body = get(&stage, "").await;
    let one = &body["items"][0];
    assert_eq!((&one["id"], &one["signal_from"]), (&json!("vn-aqi"), &json!("xau")));
    assert_eq!(
        one["bands"][3],
        json!({"from": 151, "to": 200, "code": "xau", "title": {"vi": "Xấu", "en": "Bad"}, "colour": "#FF0000"})
    );
    let standard = &one["standard"];
    assert_eq!(
        (&standard["edition"], &standard["confidence"]),
        (&json!("1459/QĐ-TCMT"), &json!("A"))
    );
    assert_eq!(
        (&standard["effective_from"], &standard["assumed"]),
        (&json!("2019-11-12"), &json!(false))
    );
    assert!(standard["assumptions"].as_array().unwrap().len() >= 3);
}

#[tokio::test]
async fn a_station_shows_its_parts_inputs_and_hour() {
    let stage = example().await;
    let body = get(&stage, "/vn-aqi?station=st-1").await;
    assert_eq!(
        (&body["from"], &body["to"]),
        (&json!("2026-11-21T04:00:00Z"), &json!("2026-11-21T05:00:00Z"))
    );
    let items = body["items"].as_array().unwrap();
    assert_eq!(items.len(), 1);
    let one = &items[0];
    assert_eq!(
        (&one["index"], &one["main"], &one["assumed"]),
        (&json!(59), &json!("no2"), &json!(false))
    );
    assert_eq!(one["level"]["title"]["vi"], "Trung bình");
    assert_eq!(one["parts"]["o3"]["index"], 43);
    assert_eq!(one["parts"]["o3"]["concentration"], 136.1);
    assert_eq!((&one["hour"], &one["inputs"]), (&body["from"], &json!([0, 1, 2])));
    let by_entity = get(&stage, "/vn-aqi?station=urn:ngsi-ld:AirQualityObserved:hanoi:st-1").await;
    assert_eq!(by_entity["items"], body["items"]);
}

#[tokio::test]
async fn areas_have_their_own_or_the_nearest_value() {
    let stage = example().await;
    let body = get(&stage, "/vn-aqi?by=area").await;
    let areas: Vec<_> = body["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| {
            (
                item["area"].as_str().unwrap(),
                item["index"].as_u64().unwrap(),
                item["assumed"].as_bool().unwrap(),
            )
        })
        .collect();
    // Phường Hồng Hà lies too far away for a stand-in
    assert_eq!(areas, [("00070", 59, false), ("00082", 150, false)]);
    let body = get(&stage, "/vn-aqi?area=00082").await;
    let items = body["items"].as_array().unwrap();
    assert_eq!(
        (items.len(), &items[0]["area"], &items[1]["station"]),
        (2, &json!("00082"), &json!("st-2x"))
    );
    assert_eq!(items[0]["title"]["vi"], "Phường Cửa Nam");
    // alone, Hoàn Kiếm's station stands in for Cửa Nam
    let stage = Stage::new();
    stage.report("st-1", "pm25", 0, &PM25).await;
    stage.at(12 * 60 + 1);
    let body = get(&stage, "/vn-aqi?area=00082").await;
    let items = body["items"].as_array().unwrap();
    assert_eq!(
        (items.len(), &items[0]["index"], &items[0]["assumed"]),
        (1, &json!(41), &json!(true))
    );
}

#[tokio::test]
async fn at_asks_the_past_and_period_the_day() {
    let stage = example().await;
    let body = get(&stage, "/vn-aqi?station=st-1&at=2026-11-21T09:59:00%2B07:00").await;
    assert_eq!(body["from"], "2026-11-21T01:00:00Z");
    // the future has no values yet: the newest hour that is over
    let ahead = get(&stage, "/vn-aqi?station=st-1&at=2030-01-01T00:00:00Z").await;
    assert_eq!(ahead["from"], "2026-11-21T04:00:00Z");
    assert!(
        get(&stage, "/vn-aqi?period=day").await["items"]
            .as_array()
            .unwrap()
            .is_empty()
    );
    stage.at(24 * 60 + 1);
    let day = get(&stage, "/vn-aqi?period=day").await;
    let items = day["items"].as_array().unwrap();
    assert_eq!(
        (items.len(), &items[0]["day"], &items[0]["index"]),
        (1, &json!("2026-11-21"), &json!(150))
    );
    assert_eq!(
        (&day["from"], &items[0]["hour"]),
        (&json!("2026-11-20T17:00:00Z"), &Value::Null)
    );
}

#[tokio::test]
async fn nobody_sees_more_than_the_scope_allows() {
    let stage = example().await;
    let ward = Some(somebody("duty_officer", Some(&["00082"])));
    let (status, body) = ask(&stage, ward.clone(), "/vn-aqi").await;
    assert_eq!((status, body["items"].as_array().unwrap().len()), (StatusCode::OK, 1));
    let (_, body) = ask(&stage, ward.clone(), "/vn-aqi?by=area").await;
    assert_eq!(body["items"].as_array().unwrap().len(), 1);
    let (_, body) = ask(&stage, ward, "/vn-aqi?station=st-1").await;
    assert!(body["items"].as_array().unwrap().is_empty());
    for path in ["", "/vn-aqi"] {
        assert_eq!(ask(&stage, None, path).await.0, 401);
        assert_eq!(ask(&stage, Some(somebody("device", None)), path).await.0, 403);
    }
}

#[tokio::test]
async fn mistakes_are_named() {
    let stage = example().await;
    for (query, field, says) in [
        ("at=hôm-qua", "at", "RFC 3339"),
        ("period=week", "period", "hour or day"),
        ("by=ward", "by", "station or area"),
        ("area=7", "area", "two or five digits"),
        ("station=", "station", "the id of a device"),
    ] {
        let path = format!("/vn-aqi?{query}").replace("hôm", "h%C3%B4m");
        let (status, body) = ask(&stage, Some(somebody("leader", None)), &path).await;
        assert_eq!(
            (status, &body["field"]),
            (StatusCode::UNPROCESSABLE_ENTITY, &json!(field)),
            "{body}"
        );
        assert!(body["detail"].as_str().unwrap().contains(says), "{body}");
    }
    let (status, _) = ask(&stage, Some(somebody("leader", None)), "/vn-aqi?stat=1").await;
    assert_eq!(status, 422);
    // before the decision there was no such index
    let (status, body) = ask(
        &stage,
        Some(somebody("leader", None)),
        "/vn-aqi?at=2019-01-01T00:00:00Z",
    )
    .await;
    assert_eq!((status, &body["code"]), (StatusCode::NOT_FOUND, &json!("not_found")));
}
