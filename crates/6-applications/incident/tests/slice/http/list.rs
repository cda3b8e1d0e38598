//! Lists, pages and single answers.

use super::{Answer, ask, call, get, post};
use crate::script::second;
use crate::stage::{Stage, elsewhere, officer, signal};
use axum::body::Body;
use axum::http::Request;
use kernel::signal::Change;
use serde_json::{Value, json};

/// Incidents of severities 1 to 5 and of five kinds, the last one in another ward from an alert.
async fn five() -> Stage {
    let stage = Stage::new();
    for level in 1..=4 {
        stage.clock.set(second(level));
        let body = json!({ "title": { "vi": format!("Sự cố cấp {level}"), "en": "Incident" }, "kind": format!("kind_{level}"),
            "severity": level, "areas": ["00070"], "place": { "lon": 105.83, "lat": 21.01 } });
        assert_eq!(post(&stage, "", body).await.status, 201);
    }
    let mut rain = elsewhere(signal("rain", Change::Raised, 5, 9), "00118");
    rain.title = kernel::text::LangText::new("Mưa rất to", "Torrential rain");
    rain.place = kernel::place::Point::new(105.9, 21.1);
    stage.hear(&[rain]).await;
    stage
}

fn severities(answer: &Answer) -> Vec<i64> {
    assert_eq!(answer.status, 200, "{}", answer.body);
    let items = answer.body["items"].as_array().unwrap();
    items
        .iter()
        .map(|incident| incident["severity"].as_i64().unwrap())
        .collect()
}

async fn id_of(stage: &Stage, query: &str) -> String {
    get(stage, query).await.body["items"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn lists_are_filtered_and_begin_with_the_gravest() {
    let stage = five().await;
    let third = id_of(&stage, "?severity=3").await;
    let close = json!({ "reason": "resolved", "text": "xong" });
    assert_eq!(post(&stage, &format!("/{third}/close"), close).await.status, 200);
    let second = id_of(&stage, "?severity=2").await;
    assert_eq!(post(&stage, &format!("/{second}/work"), json!({})).await.status, 200);
    assert_eq!(
        post(&stage, &format!("/{second}/assign"), json!({ "org": "so-y-te" }))
            .await
            .status,
        200
    );
    let alert = stage.alert_ids().await[0];
    for (query, expected) in [
        ("", vec![5, 4, 2, 1, 3]),
        ("?state=active", vec![5, 4, 2, 1]),
        ("?state=open", vec![5, 4, 1]),
        ("?state=in_progress", vec![2]),
        ("?state=closed", vec![3]),
        ("?state=closed,open&severity=3,5", vec![5, 3]),
        ("?area=00118", vec![5]),
        ("?area=00118,00070&severity=1,5", vec![5, 1]),
        ("?kind=kind_1,flood_depth", vec![5, 1]),
        ("?org=so-y-te", vec![2]),
        (&format!("?alert={alert}"), vec![5]),
        ("?q=mua%20to", vec![5]),
        ("?q=sc%202025%2000002", vec![2]),
        ("?q=su%20co&state=active", vec![4, 2, 1]),
        ("?bbox=105.8,21.0,105.85,21.05&state=active", vec![4, 2, 1]),
        ("?q=kh%C3%B4ng%20c%C3%B3", vec![]),
    ] {
        assert_eq!(severities(&get(&stage, query).await), expected, "{query}");
    }
}

#[tokio::test]
async fn pages_follow_each_other_and_cursors_hold_for_their_question_only() {
    let stage = five().await;
    let first = get(&stage, "?limit=2").await;
    let cursor = first.body["next"].as_str().unwrap().to_owned();
    let second = get(&stage, &format!("?limit=3&cursor={cursor}")).await;
    assert_eq!((severities(&first), severities(&second)), (vec![5, 4], vec![3, 2, 1]));
    assert!(second.body.get("next").is_none());
    let other = get(&stage, &format!("?limit=2&state=open&cursor={cursor}")).await;
    assert_eq!(
        (other.status.as_u16(), other.body["code"].as_str()),
        (400, Some("cursor_invalid"))
    );
}

#[tokio::test]
async fn a_filter_that_cannot_be_understood_is_named() {
    let stage = Stage::new();
    for (query, field) in [
        ("?state=cleared", "state"),
        ("?severity=6", "severity"),
        ("?area=7", "area"),
        ("?org=%2F", "org"),
        ("?kind=", "kind"),
        ("?alert=7", "alert"),
        ("?bbox=1,2,3", "bbox"),
        ("?limit=0", "limit"),
        ("?q=", "q"),
    ] {
        let answer = get(&stage, query).await;
        assert_eq!(
            (answer.status.as_u16(), answer.body["field"].as_str()),
            (422, Some(field)),
            "{query}"
        );
    }
    assert_eq!(get(&stage, "?colour=red").await.status, 422);
}

#[tokio::test]
async fn one_incident_has_its_timeline_and_an_etag() {
    let stage = Stage::new();
    let answer = post(&stage, "", call()).await;
    assert_eq!((answer.status.as_u16(), answer.etag.as_deref()), (201, Some("\"1\"")));
    let id = answer.body["id"].as_str().unwrap();
    assert_eq!(answer.location, Some(format!("/api/v1/incidents/{id}")));
    let body = get(&stage, &format!("/{id}")).await.body;
    assert_eq!(
        (&body["number"], &body["org"]),
        (&json!("SC-2025-00001"), &json!("ioc"))
    );
    assert_eq!(body["title"], json!({ "vi": "Nước vào nhà", "en": "" }));
    assert_eq!(body["timeline"][0]["title"]["vi"], "Mở thủ công ở cấp 2");
    let person = officer().id.to_string();
    assert_eq!(body["opened_by"].as_str(), person.strip_prefix("person:"));
    for name in ["closed", "entity", "place", "lead_org"] {
        assert_eq!(body.get(name), Some(&Value::Null), "{name}");
    }
    let request = Request::get(format!("/api/v1/incidents/{id}")).header("if-none-match", "\"1\"");
    let known = ask(&stage, Some(officer()), request.body(Body::empty()).unwrap()).await;
    assert_eq!((known.status.as_u16(), known.body), (304, Value::Null));
    for nowhere in ["/00000000-0000-0000-0000-000000000000", "/nonsense"] {
        let answer = get(&stage, nowhere).await;
        assert_eq!(
            (answer.status.as_u16(), answer.body["code"].as_str()),
            (404, Some("not_found"))
        );
    }
}

#[tokio::test]
async fn lists_carry_the_first_alerts_and_the_single_answer_all_of_them() {
    let stage = Stage::new();
    let signals: Vec<_> = (0..30)
        .map(|n| signal(&format!("g{n}"), Change::Raised, 4, n))
        .collect();
    stage.hear(&signals).await;
    let listed = get(&stage, "").await.body["items"][0].clone();
    assert_eq!(
        (listed["alerts"].as_array().unwrap().len(), &listed["alert_count"]),
        (20, &json!(30))
    );
    assert!(listed.get("timeline").is_none());
    let one = get(&stage, &format!("/{}", listed["id"].as_str().unwrap())).await.body;
    assert_eq!(
        (one["alerts"].as_array().unwrap().len(), &one["alerts_going_on"]),
        (30, &json!(30))
    );
    let first = &one["alerts"][0];
    assert_eq!(
        (&first["code"], &first["severity"], &first["over"]),
        (&json!("flood_depth"), &json!(4), &json!(false))
    );
}
