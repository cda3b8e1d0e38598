//! The API through its router and the door, as the SOC's automation meets it.

use crate::stage::{Stage, ask};
use policy::action::Action;
use serde_json::{Value, json};

fn block(account: &str) -> Value {
    json!({ "kind": "block_account", "target": { "account": account }, "reason": "SOC-7: dò mật khẩu" })
}

#[tokio::test]
async fn the_automation_blocks_repeats_and_takes_back() {
    let stage = Stage::new();
    let api = stage.api();
    stage.somebody("nhan-vien", "duty_officer", None).await;
    let actions = [Action::SecurityAct, Action::SecurityRead, Action::SecurityBlockAccount];
    let (soar, _) = stage.soar("soar", &actions).await;
    let made = ask(&api, &soar, "POST", "/actions", Some("7c0f"), block("nhan-vien")).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let expected = json!({ "account": "nhan-vien" });
    assert_eq!(
        (&made.body["state"], &made.body["target"]),
        (&json!("in_force"), &expected)
    );
    let address = made.headers["location"].to_str().unwrap().to_owned();
    let path = address.trim_start_matches("/api/v1/security").to_owned();

    let again = ask(&api, &soar, "POST", "/actions", Some("7c0f"), block("nhan-vien")).await;
    assert_eq!((again.status, &again.body), (200, &made.body));
    let reused = ask(&api, &soar, "POST", "/actions", Some("7c0f"), block("nguoi-khac")).await;
    assert_eq!((reused.status, &reused.body["field"]), (422, &json!("Idempotency-Key")));
    let second = ask(&api, &soar, "POST", "/actions", None, block("nhan-vien")).await;
    assert_eq!(
        (second.status, &second.body["action"]),
        (409, &made.body["id"]),
        "{}",
        second.body
    );

    let one = ask(&api, &soar, "GET", &path, None, Value::Null).await;
    assert_eq!((one.status, &one.body), (200, &made.body));
    let undone = ask(&api, &soar, "DELETE", &path, None, Value::Null).await;
    assert_eq!((undone.status, &undone.body["state"]), (200, &json!("undone")));
    assert_eq!(
        (&undone.body["restored"], &undone.body["undone_by"]),
        (&json!(true), &json!("service:soar"))
    );
}

#[tokio::test]
async fn lists_are_filtered_and_paged() {
    let stage = Stage::new();
    let api = stage.api();
    let officer = stage.somebody("an-ninh", "security_officer", None).await;
    for number in 0..3 {
        stage.device(&format!("g-{number}"));
        stage.clock.advance(std::time::Duration::from_secs(1));
        let body =
            json!({ "kind": "quarantine_device", "target": { "device": format!("g-{number}") }, "reason": "mã độc" });
        let made = ask(&api, &officer, "POST", "/actions", None, body).await;
        assert_eq!(made.status, 201, "{}", made.body);
    }
    let list = async |query: &str| ask(&api, &officer, "GET", &format!("/actions{query}"), None, Value::Null).await;
    let devices = |page: &Value| -> Vec<String> {
        let items = page["items"].as_array().unwrap().iter();
        items
            .map(|item| item["target"]["device"].as_str().unwrap().to_owned())
            .collect()
    };
    let first = list("?state=in_force&kind=quarantine_device&limit=2").await.body;
    assert_eq!(devices(&first), ["g-2", "g-1"], "newest first");
    let cursor = first["next"].as_str().unwrap();
    let next = list(&format!(
        "?state=in_force&kind=quarantine_device&limit=2&cursor={cursor}"
    ))
    .await
    .body;
    assert_eq!((devices(&next), next.get("next")), (vec!["g-0".to_owned()], None));
    assert_eq!(
        devices(&list("?q=ma%20doc%20g-1").await.body),
        ["g-1"],
        "words with or without tones"
    );
    assert!(devices(&list("?state=undone").await.body).is_empty());
    for (query, field) in [("?state=gone", "state"), ("?kind=burn", "kind"), ("?limit=0", "limit")] {
        let wrong = list(query).await;
        assert_eq!((wrong.status, &wrong.body["field"]), (422, &json!(field)), "{query}");
    }
}

#[tokio::test]
async fn what_cannot_be_understood_is_named_with_its_remedy() {
    let stage = Stage::new();
    let api = stage.api();
    let officer = stage.somebody("an-ninh", "security_officer", None).await;
    for (body, field) in [
        (json!({ "kind": "burn", "target": {}, "reason": "vì sao" }), "kind"),
        (
            json!({ "kind": "block_token", "target": { "account": "a" }, "reason": "vì sao" }),
            "target",
        ),
        (
            json!({ "kind": "block_account", "target": { "account": "a", "device": "b" }, "reason": "vì sao" }),
            "target",
        ),
        (
            json!({ "kind": "quarantine_device", "target": { "device": "a b" }, "reason": "vì sao" }),
            "target.device",
        ),
        (
            json!({ "kind": "block_account", "target": { "account": "nhan-vien" }, "reason": "" }),
            "reason",
        ),
    ] {
        let wrong = ask(&api, &officer, "POST", "/actions", None, body.clone()).await;
        assert_eq!(
            (wrong.status, &wrong.body["field"]),
            (422, &json!(field)),
            "{body}: {}",
            wrong.body
        );
    }
    let wrong = ask(&api, &officer, "POST", "/actions", Some("a b"), block("nhan-vien")).await;
    assert_eq!((wrong.status, &wrong.body["field"]), (422, &json!("Idempotency-Key")));
    let gone = ask(&api, &officer, "POST", "/actions", None, block("khong-co")).await;
    assert_eq!(gone.status, 404, "{}", gone.body);
    let gone = ask(&api, &officer, "DELETE", "/actions/not-an-id", None, Value::Null).await;
    assert_eq!(gone.status, 404);
}

/// The door asks for the route's action, the service for that of the kind; a token has to be made for both.
#[tokio::test]
async fn strangers_other_roles_and_narrow_tokens_are_refused() {
    let stage = Stage::new();
    let api = stage.api();
    let duty = stage.somebody("nhan-vien", "duty_officer", None).await;
    let (reads, _) = stage.soar("doc", &[Action::SecurityRead]).await;
    let (acts, _) = stage.soar("lam", &[Action::SecurityAct]).await;
    for (secret, expected) in [("", 401), (&*duty, 403), (&*reads, 403), (&*acts, 403)] {
        let refused = ask(&api, secret, "POST", "/actions", None, block("nhan-vien")).await;
        assert_eq!(refused.status, expected, "{}", refused.body);
    }
    let why = ask(&api, &acts, "POST", "/actions", None, block("nhan-vien"))
        .await
        .body;
    assert_eq!(why["action"], "security.block_account", "{why}");
    for language in ["vi", "en"] {
        assert!(!why["text"][language].as_str().unwrap().is_empty(), "{language}: {why}");
    }
    for path in ["/actions", "/incidents", "/usage"] {
        for (secret, expected) in [("", 401), (&*duty, 403), (&*reads, 200), (&*acts, 403)] {
            let answer = ask(&api, secret, "GET", path, None, Value::Null).await;
            assert_eq!(answer.status, expected, "{path}: {}", answer.body);
        }
    }
}

#[tokio::test]
async fn incidents_come_change_and_close() {
    let stage = Stage::new();
    let api = stage.api();
    let (soc, _) = stage.soar("soc", &[Action::SecurityReport, Action::SecurityRead]).await;
    let told = |severity: u8, state: &str| {
        json!({
            "id": "SOC/7", "severity": severity, "title": { "vi": "Dò mật khẩu", "en": "Password guessing" }, "state": state,
            "objects": [{ "kind": "account", "id": "nhan-vien" }], "at": "2026-01-01T00:00:00Z",
        })
    };
    for (body, expected, state) in [
        (told(3, "open"), 201, "open"),
        (told(3, "open"), 200, "open"),
        (told(4, "open"), 200, "open"),
        (told(4, "closed"), 200, "closed"),
    ] {
        let answer = ask(&api, &soc, "POST", "/incidents", None, body).await;
        assert_eq!(
            (answer.status, &answer.body["state"]),
            (expected, &json!(state)),
            "{}",
            answer.body
        );
    }
    let one = ask(&api, &soc, "GET", "/incidents/SOC%2F7", None, Value::Null).await;
    assert_eq!(
        (one.status, &one.body["severity"], &one.body["version"]),
        (200, &json!(4), &json!(3))
    );
    let found = ask(
        &api,
        &soc,
        "GET",
        "/incidents?state=closed&severity=4&q=do%20mat%20khau",
        None,
        Value::Null,
    )
    .await;
    assert_eq!(found.body["items"][0], one.body);
    let none = ask(&api, &soc, "GET", "/incidents?state=open", None, Value::Null).await;
    assert_eq!(none.body["items"], json!([]));

    let mut older = told(4, "open");
    older["at"] = json!("2025-12-31T00:00:00Z");
    let refused = ask(&api, &soc, "POST", "/incidents", None, older).await;
    assert_eq!(
        (refused.status, &refused.body["known"]),
        (409, &json!("2026-01-01T00:00:00Z"))
    );
    let mut wrong = told(9, "open");
    let answer = ask(&api, &soc, "POST", "/incidents", None, wrong.clone()).await;
    assert_eq!((answer.status, &answer.body["field"]), (422, &json!("severity")));
    wrong["severity"] = json!(3);
    wrong["unknown"] = json!(1);
    assert_eq!(ask(&api, &soc, "POST", "/incidents", None, wrong).await.status, 422);
}

#[tokio::test]
async fn the_use_of_a_day_is_shown_with_its_quota() {
    let stage = Stage::new();
    let api = stage.api();
    let officer = stage.somebody("an-ninh", "security_officer", None).await;
    let client = || security::model::usage::Client::token("t-1", "soar");
    for _ in 0..6 {
        let _ = stage.usage.enter(client()).await;
    }
    let get = async |query: &str| ask(&api, &officer, "GET", &format!("/usage{query}"), None, Value::Null).await;
    let page = get("").await.body;
    let item = &page["items"][0];
    assert_eq!(page["day"], "2026-01-01");
    assert_eq!((&item["kind"], &item["account"]), (&json!("token"), &json!("soar")));
    assert_eq!(
        (&item["requests"], &item["refused"], &item["per_day"]),
        (&json!(5), &json!(1), &json!(5))
    );
    assert_eq!(item["per_minute"], Value::Null, "no limit is said as none");
    assert_eq!(get("?kind=account").await.body["items"], json!([]));
    assert_eq!(get("?day=2025-12-31").await.body["items"], json!([]));
    assert_eq!(
        get("?q=soar&kind=token").await.body["items"].as_array().unwrap().len(),
        1
    );
    for (query, field) in [("?day=hom-qua", "day"), ("?kind=moon", "kind")] {
        let wrong = get(query).await;
        assert_eq!((wrong.status, &wrong.body["field"]), (422, &json!(field)), "{query}");
    }
}
