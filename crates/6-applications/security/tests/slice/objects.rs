//! The inventory is one list over its sources, and a review stays with the object.

use crate::stage::{Stage, ask};
use kernel::id::OrgId;
use kernel::text::LangText;
use policy::action::Action;
use security::model::object::{Kind, Object};
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub(crate) fn object(kind: Kind, id: &str, state: &'static str) -> Object {
    Object {
        kind,
        id: id.into(),
        title: LangText::new(format!("Đối tượng {id}"), format!("Object {id}")),
        owner: (kind == Kind::Device).then(|| OrgId::new("so-xay-dung").unwrap()),
        state,
        detail: BTreeMap::new(),
    }
}

fn stage() -> Stage {
    let stage = Stage::new();
    let mut objects = stage.objects.0.lock().unwrap();
    for number in 0..5 {
        let state = if number % 2 == 0 { "active" } else { "blocked" };
        objects.push(object(Kind::Device, &format!("g-{number}"), state));
    }
    objects.push(object(Kind::Link, "siem", "off"));
    objects.push(object(Kind::Api, "GET /api/v1/alerts", "guarded"));
    drop(objects);
    stage
}

fn ids(page: &Value) -> Vec<String> {
    let items = page["items"].as_array().unwrap_or_else(|| panic!("{page}"));
    items
        .iter()
        .map(|item| item["id"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn pages_run_through_all_kinds_and_filters_narrow_them() {
    let stage = stage();
    let api = stage.api();
    let officer = stage.somebody("an-ninh", "security_officer", None).await;
    let get = async |query: &str| ask(&api, &officer, "GET", &format!("/objects{query}"), None, Value::Null).await;
    let (mut all, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = get(&format!("?limit=2{cursor}")).await.body;
        all.extend(ids(&page));
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(all, ["g-0", "g-1", "g-2", "g-3", "g-4", "siem", "GET /api/v1/alerts"]);
    for (query, expected) in [
        ("?kind=link,api", vec!["siem", "GET /api/v1/alerts"]),
        ("?state=blocked", vec!["g-1", "g-3"]),
        ("?q=doi%20tuong%20siem", vec!["siem"]),
        ("?q=so-xay-dung&state=active", vec!["g-0", "g-2", "g-4"]),
        ("?kind=store", vec![]),
    ] {
        assert_eq!(ids(&get(query).await.body), expected, "{query}");
    }
    for (query, field) in [("?kind=moon", "kind"), ("?state=gone", "state")] {
        let wrong = get(query).await;
        assert_eq!((wrong.status, &wrong.body["field"]), (422, &json!(field)));
    }
}

#[tokio::test]
async fn a_review_stays_with_its_object_and_its_owner_goes_first() {
    let stage = stage();
    let api = stage.api();
    let officer = stage.somebody("an-ninh", "security_officer", None).await;
    let path = "/objects/api/GET%20%2Fapi%2Fv1%2Falerts/review";
    let body = json!({ "finding": "change", "note": "chưa có người phụ trách", "owner": "so-y-te" });
    let reviewed = ask(&api, &officer, "POST", path, None, body).await;
    assert_eq!(
        (reviewed.status, &reviewed.body["owner"]),
        (200, &json!("so-y-te")),
        "{}",
        reviewed.body
    );
    let again = ask(&api, &officer, "POST", path, None, json!({ "finding": "keep" })).await;
    assert_eq!(
        (&again.body["owner"], &again.body["reviews"]),
        (&json!("so-y-te"), &json!(2))
    );
    let listed = ask(&api, &officer, "GET", "/objects?kind=api", None, Value::Null)
        .await
        .body;
    assert_eq!(listed["items"][0], again.body);
    assert_eq!(listed["items"][0]["last_review"]["finding"], "keep");
    assert_eq!(stage.facts(&["security.object_reviewed"]).await.len(), 2);
}

#[tokio::test]
async fn what_is_not_there_or_not_understood_is_said() {
    let stage = stage();
    let api = stage.api();
    let officer = stage.somebody("an-ninh", "security_officer", None).await;
    let (reads, _) = stage.soar("doc", &[Action::SecurityRead]).await;
    let good = json!({ "finding": "keep" });
    for (secret, path, body, expected) in [
        (&officer, "/objects/link/none/review", good.clone(), 404),
        (&officer, "/objects/moon/siem/review", good.clone(), 404),
        (&officer, "/objects/link/siem/review", json!({ "finding": "burn" }), 422),
        (
            &officer,
            "/objects/link/siem/review",
            json!({ "finding": "keep", "owner": "so-la" }),
            422,
        ),
        (
            &officer,
            "/objects/link/siem/review",
            json!({ "finding": "keep", "note": "\u{1b}" }),
            422,
        ),
        (&reads, "/objects/link/siem/review", good, 403),
    ] {
        let answer = ask(&api, secret, "POST", path, None, body).await;
        assert_eq!(answer.status, expected, "{path}: {}", answer.body);
    }
}
