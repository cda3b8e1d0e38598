//! What changes an incident.

use super::{call, get, one, post, post_with};
use crate::stage::{Stage, elsewhere, signal};
use kernel::signal::Change;
use serde_json::json;

#[tokio::test]
async fn a_duty_officer_goes_through_all_acts() {
    let stage = Stage::new();
    stage
        .publish(&[elsewhere(signal("g1", Change::Raised, 3, 0), "00118")])
        .await;
    let alert = stage.alert_ids().await[0].to_string();
    let id = one(&stage).await;
    let person = "01900000-0000-7000-8000-000000000001";
    for (act, body, state) in [
        ("note", json!({ "text": "đã gọi phường" }), "open"),
        ("assign", json!({ "org": "so-xay-dung", "text": "cử tổ trực" }), "open"),
        (
            "assign",
            json!({ "org": "ubnd-00070", "person": person, "lead": true }),
            "open",
        ),
        ("link", json!({ "alerts": [alert] }), "open"),
        ("work", json!({}), "in_progress"),
        ("severity", json!({ "severity": 5, "text": "nhiều nhà" }), "in_progress"),
        (
            "assign",
            json!({ "org": "so-xay-dung", "withdraw": true }),
            "in_progress",
        ),
        (
            "close",
            json!({ "reason": "handed_over", "text": "chuyển phường" }),
            "closed",
        ),
        ("reopen", json!({ "text": "nước lại lên" }), "open"),
        (
            "close",
            json!({ "reason": "resolved", "text": "nước đã rút" }),
            "closed",
        ),
    ] {
        let answer = post(&stage, &format!("/{id}/{act}"), body).await;
        let seen = (answer.status.as_u16(), answer.body["state"].as_str());
        assert_eq!(seen, (200, Some(state)), "{act}: {}", answer.body);
        assert_eq!(answer.etag, Some(format!("\"{}\"", answer.body["version"])));
    }
    let end = get(&stage, &format!("/{id}")).await.body;
    assert_eq!(
        (&end["lead_org"], &end["severity"], &end["reopens"]),
        (&json!("ubnd-00070"), &json!(5), &json!(1))
    );
    assert_eq!(end["areas"], json!(["00070", "00118"]));
    assert_eq!(
        (&end["closed"]["reason"], &end["closed"]["text"]),
        (&json!("resolved"), &json!("nước đã rút"))
    );
    assert_eq!(end["assigned"][0]["person"], person);
    let acts: Vec<_> = end["timeline"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["act"].as_str().unwrap())
        .collect();
    assert_eq!(
        acts,
        [
            "opened",
            "noted",
            "assigned",
            "assigned",
            "linked",
            "severity_set",
            "started",
            "severity_set",
            "withdrawn",
            "closed",
            "reopened",
            "closed"
        ]
    );
    let line = |index: usize, name: &str| end["timeline"][index][name].clone();
    assert_eq!(
        (line(3, "org"), line(3, "person")),
        (json!("ubnd-00070"), json!(person))
    );
    assert_eq!(
        (line(4, "alert"), line(1, "text")),
        (json!(alert), json!("đã gọi phường"))
    );
}

#[tokio::test]
async fn opening_from_alerts_takes_over_what_they_say() {
    let stage = Stage::new();
    stage
        .publish(&[signal("g1", Change::Raised, 2, 0), signal("g2", Change::Raised, 3, 1)])
        .await;
    let alerts: Vec<_> = stage.alert_ids().await.iter().map(ToString::to_string).collect();
    let opened = post(&stage, "", json!({ "alerts": alerts, "text": "cùng một điểm ngập" })).await;
    assert_eq!(opened.status, 201, "{}", opened.body);
    assert_eq!(
        (&opened.body["kind"], &opened.body["severity"]),
        (&json!("flood_depth"), &json!(3))
    );
    assert_eq!(opened.body["timeline"][0]["title"]["vi"], "Mở ở cấp 3 từ 2 cảnh báo");
    let again = post(&stage, "", json!({ "alerts": alerts })).await;
    assert_eq!(
        (again.status.as_u16(), &again.body["code"]),
        (409, &json!("linked_elsewhere"))
    );
    assert_eq!(
        (&again.body["incident"], &again.body["number"]),
        (&opened.body["id"], &json!("SC-2025-00001"))
    );
}

#[tokio::test]
async fn a_key_makes_opening_safe_to_repeat() {
    let stage = Stage::new();
    let key = Some(("idempotency-key", "call-17"));
    let first = post_with(&stage, "", key, call()).await;
    let again = post_with(&stage, "", key, call()).await;
    assert_eq!((first.status.as_u16(), again.status.as_u16()), (201, 201));
    assert_eq!(first.body, again.body);
    let mut other = call();
    other["severity"] = json!(3);
    let reused = post_with(&stage, "", key, other).await;
    assert_eq!(
        (reused.status.as_u16(), &reused.body["code"]),
        (422, &json!("idempotency_key_reused"))
    );
    let long = "k".repeat(129);
    let bad = post_with(&stage, "", Some(("idempotency-key", &long)), call()).await;
    assert_eq!(
        (bad.status.as_u16(), &bad.body["code"]),
        (400, &json!("idempotency_key_invalid"))
    );
    assert_eq!(stage.all().await.len(), 1);
}
