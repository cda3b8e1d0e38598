//! The routes as a client meets them.

use crate::read_ground::{Past, at, chief, ward};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use history::HistoryState;
use kernel::actor::Actor;
use serde_json::{Value, json};
use std::sync::Arc;
use tower::ServiceExt;

async fn send(past: &Past, actor: Option<Actor>, request: Request<Body>) -> (StatusCode, String, Vec<u8>) {
    let state = HistoryState {
        history: past.history.clone(),
        zone_offset_s: 25_200,
    };
    let (router, _) = history::mount(state).split_for_parts();
    let mut request = request;
    if let Some(actor) = actor {
        request.extensions_mut().insert(Arc::new(actor));
    }
    let response = router.oneshot(request).await.unwrap();
    let status = response.status();
    let kind = response
        .headers()
        .get(header::CONTENT_TYPE)
        .map(|kind| kind.to_str().unwrap().to_owned());
    let body = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
    (status, kind.unwrap_or_default(), body.to_vec())
}

async fn get(past: &Past, actor: Actor, path: &str) -> (StatusCode, Value) {
    let (status, _, body) = send(past, Some(actor), Request::get(path).body(Body::empty()).unwrap()).await;
    (status, serde_json::from_slice(&body).unwrap_or_default())
}

async fn sql(past: &Past, actor: Actor, question: Value) -> (StatusCode, Value) {
    let request = Request::post("/api/v1/sql")
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(question.to_string()))
        .unwrap();
    let (status, _, body) = send(past, Some(actor), request).await;
    (status, serde_json::from_slice(&body).unwrap())
}

async fn past() -> Past {
    let past = Past::open(4).await;
    past.append(&[(0, 0, 1.0), (0, 60, 3.0), (2, 0, 7.0)]).await;
    past.clock.set(at(100));
    past
}

#[tokio::test]
async fn nobody_is_answered_without_signing_in() {
    let past = past().await;
    for path in [
        "/api/v1/observations/history?series=0",
        "/api/v1/sql/tables",
        "/api/v1/lake",
    ] {
        let (status, _, _) = send(&past, None, Request::get(path).body(Body::empty()).unwrap()).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{path}");
    }
    let question = Request::post("/api/v1/sql")
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(r#"{"sql":"select 1"}"#))
        .unwrap();
    assert_eq!(send(&past, None, question).await.0, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn the_past_of_several_series_comes_as_points() {
    let past = past().await;
    let path = "/api/v1/observations/history?series=0&series=2&from=2026-11-21T00:00:00Z&to=2026-11-21T00:10:00Z";
    let (status, body) = get(&past, chief(), path).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    assert_eq!(body["known_to"], at(100).to_string());
    let item = &body["items"][0];
    assert_eq!(
        (&item["series"], &item["device"], &item["unit"], &item["method"]),
        (&json!(0), &json!("gauge-000"), &json!("m"), &json!("minmax"))
    );
    assert_eq!(
        item["points"],
        json!([{"time": "2026-11-21T00:00:00Z", "value": 1.0}, {"time": "2026-11-21T00:01:00Z", "value": 3.0}])
    );
    assert_eq!(body["items"][1]["points"][0]["value"], 7.0);
    let (_, body) = get(&past, chief(), &format!("{path}&method=mean&bucket=PT1H")).await;
    assert_eq!(
        body["items"][0]["points"],
        json!([{"time": "2026-11-21T00:00:00Z", "value": 2.0, "min": 1.0, "max": 3.0, "count": 2}])
    );
    assert_eq!(body["items"][0]["bucket_s"], 3_600);
}

#[tokio::test]
async fn csv_is_given_to_those_who_ask_for_it() {
    let past = past().await;
    let request =
        Request::get("/api/v1/observations/history?series=2&from=2026-11-21T00:00:00Z&to=2026-11-21T00:10:00Z")
            .header(header::ACCEPT, "text/csv")
            .body(Body::empty())
            .unwrap();
    let (status, kind, body) = send(&past, Some(chief()), request).await;
    assert_eq!((status, kind.as_str()), (StatusCode::OK, "text/csv; charset=utf-8"));
    assert_eq!(
        String::from_utf8(body).unwrap(),
        "series,device,attribute,unit,time,value,min,max,count,quality\r\n2,gauge-002,waterDepth,m,2026-11-21T00:00:00Z,7,,,,good\r\n"
    );
    let request = Request::post("/api/v1/sql")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::ACCEPT, "text/csv")
        .body(Body::from(
            r#"{"sql":"select series, number from observations order by time, series limit 1"}"#,
        ))
        .unwrap();
    let (_, kind, body) = send(&past, Some(chief()), request).await;
    assert_eq!(kind, "text/csv; charset=utf-8");
    assert_eq!(String::from_utf8(body).unwrap(), "series,number\r\n0,1\r\n");
}

#[tokio::test]
async fn problems_say_what_where_and_what_to_do() {
    let past = past().await;
    for (question, status, code) in [
        (json!({"sql": "select"}), 422, "sql_mistake"),
        (json!({"sql": "select x from observations"}), 422, "sql_mistake"),
        (json!({"sql": "delete from observations"}), 422, "sql_forbidden"),
        (json!({"sql": "select 1", "limit": 0}), 422, "invalid_value"),
        (json!({"sql": "select 1", "limit": 10_001}), 422, "invalid_value"),
        (json!({"sql": "select 1", "more": 1}), 422, "invalid_value"),
    ] {
        let (found, body) = sql(&past, chief(), question.clone()).await;
        assert_eq!(
            (found.as_u16(), body["code"].as_str()),
            (status, Some(code)),
            "{question}: {body}"
        );
        assert!(chassis::texts::is_known(code), "{code} has no text");
    }
    let (_, body) = sql(&past, chief(), json!({"sql": "select\n nummber from observations"})).await;
    assert_eq!((&body["line"], &body["column"]), (&json!(2), &json!(2)), "{body}");
    assert!(body["suggestions"].to_string().contains("number"), "{body}");
    for (path, status) in [
        ("/api/v1/observations/history", 422),
        ("/api/v1/observations/history?series=9", 404),
        ("/api/v1/observations/history?series=0&from=2027-01-01T00:00:00Z", 422),
        (
            "/api/v1/observations/history?series=0&method=mean&bucket=PT1S&from=2020-01-01T00:00:00Z",
            422,
        ),
    ] {
        let (found, body) = get(&past, chief(), path).await;
        assert_eq!(found.as_u16(), status, "{path}: {body}");
    }
    for code in [
        "query_too_heavy",
        "query_too_long",
        "query_busy",
        "query_ended",
        "answer_too_large",
        "lake_unavailable",
    ] {
        assert!(chassis::texts::is_known(code), "{code} has no text");
    }
}

#[tokio::test]
async fn the_answer_of_sql_has_the_promised_shape() {
    let past = past().await;
    let (status, body) = sql(
        &past,
        chief(),
        json!({"sql": "select series, number from observations order by 2", "limit": 2}),
    )
    .await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(
        body["columns"],
        json!([{"name": "series", "type": "integer"}, {"name": "number", "type": "number"}])
    );
    assert_eq!(body["rows"], json!([[0, 1.0], [0, 3.0]]));
    assert_eq!(
        (&body["more"], &body["known_to"]),
        (&json!(true), &json!(at(100).to_string()))
    );
    assert!(body["took_ms"].is_u64());
}

#[tokio::test]
async fn tables_are_listed_and_counts_stay_within_scope() {
    let mut past = past().await;
    past.commit(std::time::Duration::from_secs(61)).await;
    let (status, body) = get(&past, chief(), "/api/v1/sql/tables").await;
    assert_eq!(status, StatusCode::OK);
    let rows = |body: &Value, name: &str| {
        let items = body["items"].as_array().unwrap();
        items.iter().find(|item| item["name"] == name).unwrap()["rows"].clone()
    };
    assert_eq!(
        (rows(&body, "observations"), rows(&body, "series")),
        (json!(3), json!(4))
    );
    let (_, body) = get(&past, ward(), "/api/v1/sql/tables").await;
    assert_eq!(
        (rows(&body, "observations"), rows(&body, "series")),
        (Value::Null, json!(2))
    );
    let (status, body) = get(&past, chief(), "/api/v1/lake").await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(body["tables"][0]["name"], "observations");
    assert_eq!((&body["tables"][0]["rows"], &body["lag_rows"]), (&json!(3), &json!(0)));
}
