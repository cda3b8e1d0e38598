//! The inventory is one list over its sources, and a review stays with the object.

use crate::stage::{Stage, ask, ask_with};
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
        ("?q=SO%20xay%20G-1", vec!["g-1"]),
        ("?q=object%20siem", vec!["siem"]),
        ("?q=so%20y%20te", vec![]),
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

/// Words are looked for in pages of sources; what fits and has no room any more comes with the next page.
#[tokio::test]
async fn words_find_the_owner_that_a_review_gave_and_pages_lose_nothing() {
    let stage = stage();
    let api = stage.api();
    let officer = stage.somebody("an-ninh", "security_officer", None).await;
    let get = async |query: &str| ask(&api, &officer, "GET", &format!("/objects{query}"), None, Value::Null).await;
    let body = json!({ "finding": "keep", "owner": "so-y-te" });
    let given = ask(&api, &officer, "POST", "/objects/device/g-3/review", None, body).await;
    assert_eq!(given.status, 200, "{}", given.body);
    assert_eq!(ids(&get("?q=s%E1%BB%9F%20y%20t%E1%BA%BF").await.body), ["g-3"]);
    let (mut all, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = get(&format!("?q=so%20xay%20dung&limit=1{cursor}")).await.body;
        assert!(ids(&page).len() <= 1, "{page}");
        all.extend(ids(&page));
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(all, ["g-0", "g-1", "g-2", "g-4"]);
}

/// Two officers look at the same object: the slower one learns of the faster one instead of covering the review.
#[tokio::test]
async fn a_review_of_another_version_is_refused_with_the_newest() {
    let stage = stage();
    let api = stage.api();
    let officer = stage.somebody("an-ninh", "security_officer", None).await;
    let review = async |judged: &str, finding: &str| {
        let body = json!({ "finding": finding });
        let headers = [("if-match", judged)];
        ask_with(&api, &officer, "POST", "/objects/link/siem/review", &headers, body).await
    };
    let listed = ask(&api, &officer, "GET", "/objects?kind=link", None, Value::Null).await;
    assert_eq!(listed.body["items"][0]["version"], 0, "nobody has looked yet");
    let first = review("\"0\"", "change").await;
    assert_eq!(
        (first.status, &first.body["version"]),
        (200, &json!(1)),
        "{}",
        first.body
    );
    assert_eq!(first.headers["etag"], "\"1\"");
    let slower = review("\"0\"", "remove").await;
    assert_eq!(
        (slower.status, &slower.body["code"]),
        (412, &json!("changed_meanwhile"))
    );
    assert_eq!(
        (&slower.body["version"], &slower.body["state"]),
        (&json!(1), &json!("change"))
    );
    let text = slower.body["text"]["vi"].as_str().unwrap();
    assert!(text.contains("phiên bản 1 (cần thay đổi), không còn là 0"), "{text}");
    let nonsense = review("1", "keep").await;
    assert_eq!((nonsense.status, &nonsense.body["field"]), (422, &json!("If-Match")));
    assert_eq!(review("*", "keep").await.body["reviews"], 2);
    assert_eq!(review("\"2\"", "keep").await.status, 200);
    assert_eq!(stage.facts(&["security.object_reviewed"]).await.len(), 3);
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
