//! Keeping accounts and rights over the API: what counts at once, what nobody may do, and what is told.

use crate::ground::{ACCOUNT, Ground, json, request, send};
use axum::Router;
use serde_json::{Value, json as object};

/// A signed-in person with the API around.
pub(crate) struct Desk {
    pub(crate) api: Router,
    pub(crate) bearer: String,
}

impl Desk {
    pub(crate) async fn of(ground: &Ground, account: &str, password: &str) -> Self {
        let (secret, _) = ground.accounts.sign_in(account, password.to_owned()).await.unwrap();
        Self {
            api: ground.api(),
            bearer: format!("Bearer {secret}"),
        }
    }

    pub(crate) async fn first(ground: &Ground) -> Self {
        Self::of(ground, ACCOUNT, &ground.password).await
    }

    pub(crate) async fn ask(&self, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
        let headers = [("authorization", self.bearer.as_str())];
        let response = send(&self.api, request(method, path, &headers, body)).await;
        (response.status().as_u16(), json(response).await)
    }

    /// Makes a person with these rights, and signs in with a password of its own.
    pub(crate) async fn hires(&self, ground: &Ground, account: &str, clearance: &str, rights: Value) -> Self {
        let body = object!({"account": account, "clearance": clearance, "rights": rights});
        let (status, made) = self.ask("POST", "/api/v1/people", Some(body)).await;
        assert_eq!(status, 201, "{made}");
        let first = made["password"].as_str().unwrap();
        let desk = Self::of(ground, account, first).await;
        let own = "một câu dễ nhớ của tôi";
        let change = object!({"old": first, "new": own});
        assert_eq!(desk.ask("PUT", "/api/v1/session/password", Some(change)).await.0, 200);
        Self::of(ground, account, own).await
    }
}

#[tokio::test]
async fn a_right_counts_at_once_where_it_was_given_and_ends_when_withdrawn() {
    let ground = Ground::new().await;
    let boss = Desk::first(&ground).await;
    let ward = object!([{"role": "ward_leader", "area": "00070"}]);
    let nina = boss.hires(&ground, "nina", "restricted", ward).await;
    let (_, session) = nina.ask("GET", "/api/v1/session", None).await;
    assert_eq!(session["posts"][0]["area"], "00070");
    assert_eq!(session["posts"][0]["roles"][0]["title"]["vi"], "Lãnh đạo phường, xã");
    let actions = session["actions"].as_array().unwrap();
    assert!(actions.contains(&object!("incident.open")) && !actions.contains(&object!("person.read")));
    let (status, refused) = nina.ask("GET", "/api/v1/people", None).await;
    assert_eq!((status, &refused["code"]), (403, &object!("denied")));
    assert_eq!(
        refused["roles"],
        object!(["administrator", "auditor", "security_officer"])
    );

    let given = object!({"role": "auditor"});
    let (status, person) = boss.ask("POST", "/api/v1/people/nina/rights", Some(given)).await;
    assert_eq!(status, 200, "{person}");
    let right = person["rights"][1]["id"].as_str().unwrap().to_owned();
    // another place is another post: it has to be chosen
    assert_eq!(nina.ask("GET", "/api/v1/people", None).await.0, 403);
    let (_, told) = nina.ask("GET", "/api/v1/access/explain?action=person.read", None).await;
    assert_eq!(
        (&told["allowed"], &told["other_posts"]),
        (&object!(false), &object!([1])),
        "{told}"
    );
    let (status, session) = nina
        .ask("PUT", "/api/v1/session/post", Some(object!({"post": 1})))
        .await;
    assert_eq!((status, &session["post"]), (200, &object!(1)));
    assert_eq!(nina.ask("GET", "/api/v1/people", None).await.0, 200);

    let (status, _) = boss
        .ask("DELETE", &format!("/api/v1/people/nina/rights/{right}"), None)
        .await;
    assert_eq!(status, 200);
    assert_eq!(nina.ask("GET", "/api/v1/people", None).await.0, 403);

    let told = ground.tenant.journal.read(0, &["access."], 100).await.unwrap();
    let kinds: Vec<&str> = told.iter().map(|entry| entry.fact.kind.as_str()).collect();
    assert_eq!(
        kinds,
        [
            "access.person_created.v1",
            "access.right_given.v1",
            "access.right_withdrawn.v1"
        ]
    );
    assert!(told.iter().all(|entry| !entry.fact.data.to_string().contains("argon2")));
}

#[tokio::test]
async fn nobody_goes_beyond_the_own_reach_or_changes_oneself() {
    let ground = Ground::new().await;
    let boss = Desk::first(&ground).await;
    let rights = object!([{"role": "administrator", "org": "so-xay-dung", "area": "00070"}]);
    let local = boss.hires(&ground, "local", "internal", rights).await;
    let post = |role: &str, area: Option<&str>| object!([{"role": role, "area": area, "org": null}]);
    let person = |account: &str, rights: Value| Some(object!({"account": account, "rights": rights}));
    for (desk, method, path, body, expected) in [
        (
            &local,
            "POST",
            "/api/v1/people",
            person("inside", post("ward_officer", Some("00070"))),
            201,
        ),
        (
            &local,
            "POST",
            "/api/v1/people",
            person("outside", post("ward_officer", Some("00097"))),
            403,
        ),
        (
            &local,
            "POST",
            "/api/v1/people",
            person("above", post("leader", None)),
            403,
        ),
        (&local, "POST", "/api/v1/people", person("nobody", object!([])), 403),
        (&local, "GET", "/api/v1/people/inside", None, 200),
        (&local, "GET", &format!("/api/v1/people/{ACCOUNT}"), None, 404),
        (
            &local,
            "PUT",
            &format!("/api/v1/people/{ACCOUNT}/state"),
            Some(object!({"ended": true})),
            404,
        ),
        (
            &local,
            "PUT",
            "/api/v1/people/local/state",
            Some(object!({"ended": true})),
            403,
        ),
        (
            &boss,
            "POST",
            &format!("/api/v1/people/{ACCOUNT}/rights"),
            Some(object!({"role": "auditor"})),
            403,
        ),
        (&boss, "POST", &format!("/api/v1/people/{ACCOUNT}/password"), None, 403),
        (&boss, "POST", "/api/v1/people", person("inside", object!([])), 409),
        (&boss, "POST", "/api/v1/people", person("No Name", object!([])), 422),
        (
            &boss,
            "POST",
            "/api/v1/people",
            person("party", post("party_officer", None)),
            422,
        ),
        (
            &boss,
            "POST",
            "/api/v1/people",
            person("inner", post("service", None)),
            422,
        ),
        (
            &boss,
            "POST",
            "/api/v1/people",
            person("ward", post("ward_officer", Some("12345"))),
            422,
        ),
    ] {
        let (status, answer) = desk.ask(method, path, body.clone()).await;
        assert_eq!(status, expected, "{method} {path} {body:?}: {answer}");
    }
    let (_, list) = local.ask("GET", "/api/v1/people", None).await;
    let names: Vec<&str> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["account"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["inside", "local"]);
}

#[tokio::test]
async fn an_ended_account_is_out_at_once_and_its_name_says_nothing() {
    let ground = Ground::new().await;
    let boss = Desk::first(&ground).await;
    let nina = boss
        .hires(&ground, "nina", "internal", object!([{"role": "duty_officer"}]))
        .await;
    assert_eq!(nina.ask("GET", "/api/v1/session", None).await.0, 200);
    let (status, person) = boss
        .ask("PUT", "/api/v1/people/nina/state", Some(object!({"ended": true})))
        .await;
    assert_eq!(status, 200);
    assert!(person["ended"].is_string());
    assert_eq!(nina.ask("GET", "/api/v1/session", None).await.0, 401);
    let again = ground
        .accounts
        .sign_in("nina", "một câu dễ nhớ của tôi".into())
        .await
        .unwrap_err();
    let unknown = ground
        .accounts
        .sign_in("nobody", "một câu dễ nhớ của tôi".into())
        .await
        .unwrap_err();
    assert_eq!(again.to_string(), unknown.to_string());
}

#[tokio::test]
async fn every_refusal_costs_one_check_of_a_password() {
    let ground = Ground::new().await;
    let boss = Desk::first(&ground).await;
    let service = object!({"account": "may-cham-diem", "kind": "service"});
    assert_eq!(boss.ask("POST", "/api/v1/people", Some(service)).await.0, 201);
    boss.hires(&ground, "gone", "internal", object!([])).await;
    boss.ask("PUT", "/api/v1/people/gone/state", Some(object!({"ended": true})))
        .await;
    for name in [ACCOUNT, "nobody", "no such name!", "", "may-cham-diem", "gone"] {
        let before = ground.accounts.password_checks();
        let error = ground
            .accounts
            .sign_in(name, "không phải câu này".into())
            .await
            .unwrap_err();
        assert_eq!(ground.accounts.password_checks() - before, 1, "'{name}'");
        assert!(
            matches!(error, access::error::AccessError::SignInFailed),
            "'{name}': {error}"
        );
    }
}

#[tokio::test]
async fn the_review_lists_every_right_and_a_csv_says_the_same() {
    let ground = Ground::new().await;
    let boss = Desk::first(&ground).await;
    let rights = object!([{"role": "ward_officer", "area": "00070", "until": "2099-01-01T00:00:00Z"}]);
    boss.hires(&ground, "nina", "internal", rights).await;
    let (status, review) = boss.ask("GET", "/api/v1/access/review", None).await;
    assert_eq!(status, 200);
    let items = review["items"].as_array().unwrap();
    assert_eq!(items.len(), 3, "{review}");
    let admin = items
        .iter()
        .find(|item| item["right"]["role"] == "administrator")
        .unwrap();
    assert_eq!((&admin["weak"], &admin["endless"]), (&object!(true), &object!(true)));
    let headers = [("authorization", boss.bearer.as_str())];
    let csv = send(&boss.api, request("GET", "/api/v1/access/review.csv", &headers, None)).await;
    assert_eq!(csv.headers()["content-type"], "text/csv; charset=utf-8");
    let text = axum::body::to_bytes(csv.into_body(), 100_000).await.unwrap();
    let text = String::from_utf8(text.to_vec()).unwrap();
    assert_eq!(text.lines().count(), 4, "{text}");
    assert!(text.contains(",ward_officer,,00070,"), "{text}");
}

#[tokio::test]
async fn two_people_open_the_emergency_account_for_an_hour_with_an_alarm() {
    const UNLOCK: &str = "/api/v1/emergency/unlock";
    let ground = Ground::new().await;
    let boss = Desk::first(&ground).await;
    let nina = boss
        .hires(&ground, "nina", "internal", object!([{"role": "leader"}]))
        .await;
    let ward = boss
        .hires(
            &ground,
            "ward",
            "internal",
            object!([{"role": "ward_leader", "area": "00070"}]),
        )
        .await;
    let why = || Some(object!({"reason": "nhà cung cấp danh tính ngừng hoạt động"}));
    assert_eq!(ward.ask("POST", UNLOCK, why()).await.0, 403);
    assert_eq!(boss.ask("POST", UNLOCK, Some(object!({"reason": "x"}))).await.0, 422);
    for _ in 0..2 {
        let (status, answer) = boss.ask("POST", UNLOCK, why()).await;
        assert_eq!(
            (status, &answer["state"]),
            (200, &object!("waits")),
            "the same person twice opens nothing"
        );
    }
    ground.clock.advance(std::time::Duration::from_secs(601));
    assert_eq!(
        nina.ask("POST", UNLOCK, why()).await.1["state"],
        "waits",
        "the first one waited too long"
    );
    let (_, opened) = boss.ask("POST", UNLOCK, why()).await;
    assert_eq!(opened["state"], "open", "{opened}");
    let account = opened["account"].as_str().unwrap();
    let desk = Desk::of(&ground, account, opened["password"].as_str().unwrap()).await;
    assert_eq!(desk.ask("GET", "/api/v1/people", None).await.0, 200);
    assert_eq!(
        desk.ask("POST", UNLOCK, why()).await.0,
        403,
        "it does not open itself again"
    );
    let told = ground.tenant.journal.read(0, &["signal."], 10).await.unwrap();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].fact.signal().unwrap().code, "emergency_account_open");
    ground.clock.advance(std::time::Duration::from_secs(1_700));
    assert_eq!(desk.ask("GET", "/api/v1/people", None).await.0, 200);
    ground.clock.advance(std::time::Duration::from_secs(1_000));
    assert_eq!(desk.ask("GET", "/api/v1/people", None).await.0, 200);
    ground.clock.advance(std::time::Duration::from_secs(900));
    assert_eq!(desk.ask("GET", "/api/v1/people", None).await.0, 401, "an hour is over");
    let again = ground
        .accounts
        .sign_in(account, opened["password"].as_str().unwrap().to_owned())
        .await;
    assert!(again.is_err());
}

/// Whoever may confirm it sees who asks, why and until when, and afterwards which two opened it; others see nothing.
#[tokio::test]
async fn the_state_of_the_emergency_account_can_be_read_by_those_who_may_confirm_it() {
    const STATE: &str = "/api/v1/emergency";
    let ground = Ground::new().await;
    let boss = Desk::first(&ground).await;
    let nina = boss
        .hires(&ground, "nina", "internal", object!([{"role": "security_officer"}]))
        .await;
    let duty = boss
        .hires(&ground, "duty", "internal", object!([{"role": "duty_officer"}]))
        .await;
    assert_eq!(duty.ask("GET", STATE, None).await.0, 403);
    let closed = object!({"state": "closed", "account": "khan-cap", "until": null, "asked": []});
    assert_eq!(nina.ask("GET", STATE, None).await, (200, closed.clone()));

    let why = |text: &str| Some(object!({ "reason": text }));
    let waits = boss
        .ask("POST", "/api/v1/emergency/unlock", why("mất kết nối nơi đăng nhập"))
        .await
        .1;
    let (_, seen) = nina.ask("GET", STATE, None).await;
    assert_eq!(
        (&seen["state"], seen["until"].as_str()),
        (&object!("waits"), waits["until"].as_str())
    );
    assert_eq!(seen["asked"][0]["reason"], "mất kết nối nơi đăng nhập");
    assert!(
        seen["asked"][0]["by"].as_str().unwrap().starts_with("person:"),
        "{seen}"
    );
    ground.clock.advance(std::time::Duration::from_secs(600));
    assert_eq!(nina.ask("GET", STATE, None).await.1, closed, "nobody followed");

    boss.ask("POST", "/api/v1/emergency/unlock", why("vẫn mất kết nối"))
        .await;
    let opened = nina
        .ask("POST", "/api/v1/emergency/unlock", why("xác nhận cùng mở"))
        .await
        .1;
    let (_, seen) = boss.ask("GET", STATE, None).await;
    assert_eq!(
        (&seen["state"], seen["until"].as_str()),
        (&object!("open"), opened["until"].as_str())
    );
    let reasons: Vec<_> = seen["asked"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["reason"])
        .collect();
    assert_eq!(reasons, ["vẫn mất kết nối", "xác nhận cùng mở"]);
    assert!(!seen.to_string().contains(opened["password"].as_str().unwrap()));
    for (seconds, state) in [(1_700, "open"), (1_000, "open"), (900, "closed")] {
        ground.clock.advance(std::time::Duration::from_secs(seconds));
        assert_eq!(
            boss.ask("GET", STATE, None).await.1["state"],
            state,
            "after {seconds} s more"
        );
    }
}
