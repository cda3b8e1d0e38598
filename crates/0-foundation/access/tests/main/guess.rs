//! Guessing with a stolen session, and what ends with a password.

use crate::ground::{ACCOUNT, Ground};
use crate::own::{SECOND, again, code};
use crate::people::Desk;
use access::model::{LOCK_S, MAX_FAILURES};
use kernel::clock::Clock;
use serde_json::json as object;
use std::time::Duration;

const OWN: &str = "một câu dễ nhớ của tôi";
const NEW: &str = "trời mưa thì đường ngập";

/// A desk whose account has begun a second factor, with its secret.
async fn begun(ground: &Ground) -> (Desk, String) {
    ground.clock.advance(Duration::from_secs(1_000_000));
    let desk = Desk::first(ground).await;
    let (status, begun) = desk.ask("POST", SECOND, again(ground)).await;
    assert_eq!(status, 201, "{begun}");
    (desk, begun["secret"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn a_second_factor_begins_with_the_password_and_wrong_ones_give_a_rest() {
    let ground = Ground::new().await;
    let desk = Desk::first(&ground).await;
    assert_eq!(
        desk.ask("POST", SECOND, None).await.0,
        415,
        "an open session is not enough"
    );
    for _ in 0..MAX_FAILURES {
        let (status, refused) = desk.ask("POST", SECOND, Some(object!({"password": "sai rồi"}))).await;
        assert_eq!(
            (status, &refused["code"]),
            (403, &object!("sign_in_failed")),
            "{refused}"
        );
    }
    assert_eq!(desk.ask("POST", SECOND, again(&ground)).await.0, 403, "it rests");
    assert!(!ground.signs_in(&ground.password).await, "counted like wrong sign-ins");
    assert_eq!(
        desk.ask("GET", "/api/v1/session", None).await.0,
        200,
        "the session goes on"
    );
    ground.clock.advance(Duration::from_secs(LOCK_S));
    assert_eq!(desk.ask("POST", SECOND, again(&ground)).await.0, 201);
}

#[tokio::test]
async fn wrong_codes_of_an_open_session_count_when_it_confirms_and_when_it_removes() {
    let ground = Ground::new().await;
    let (desk, secret) = begun(&ground).await;
    for method in ["PUT", "DELETE"] {
        for _ in 0..MAX_FAILURES {
            let (status, unfit) = desk.ask(method, SECOND, Some(object!({"code": "000000"}))).await;
            assert_eq!(
                (status, &unfit["code"]),
                (400, &object!("code_unfit")),
                "{method} {unfit}"
            );
        }
        let right = || Some(object!({"code": code(&ground, &secret)}));
        let (status, rests) = desk.ask(method, SECOND, right()).await;
        assert_eq!(
            (status, &rests["code"]),
            (429, &object!("too_many_requests")),
            "{method} {rests}"
        );
        assert!(
            !ground.signs_in(&ground.password).await,
            "{method}: counted like wrong sign-ins"
        );
        ground.clock.advance(Duration::from_secs(LOCK_S));
        let (status, done) = desk.ask(method, SECOND, right()).await;
        assert!(matches!(status, 200 | 204), "{method} {done}");
    }
    assert!(ground.signs_in(&ground.password).await, "taken away");
}

/// An API token of an account, as a desk.
async fn token(ground: &Ground, desk: &Desk) -> Desk {
    let expires = ground.clock.now().plus(Duration::from_secs(86_400));
    let body = object!({"title": "báo cáo đêm", "actions": ["area.read"], "expires": expires});
    let (status, made) = desk.ask("POST", "/api/v1/account/tokens", Some(body)).await;
    assert_eq!(status, 201, "{made}");
    Desk {
        api: ground.api(),
        bearer: format!("Bearer {}", made["secret"].as_str().unwrap()),
    }
}

#[tokio::test]
async fn api_tokens_end_with_ones_own_password_and_the_answer_says_how_many() {
    let ground = Ground::new().await;
    let desk = Desk::first(&ground).await;
    let (one, two) = (token(&ground, &desk).await, token(&ground, &desk).await);
    assert_eq!(one.ask("GET", "/api/v1/areas", None).await.0, 200);
    let change = object!({"old": ground.password, "new": NEW});
    let (status, session) = desk.ask("PUT", "/api/v1/session/password", Some(change)).await;
    assert_eq!((status, &session["ended_tokens"]), (200, &object!(2)), "{session}");
    for ended in [one, two] {
        assert_eq!(ended.ask("GET", "/api/v1/areas", None).await.0, 401);
    }
    let told = ground
        .tenant
        .journal
        .read(0, &["access.token_ended"], 10)
        .await
        .unwrap();
    assert_eq!(told.len(), 2, "each of them is told");
}

#[tokio::test]
async fn sessions_and_api_tokens_end_with_a_password_that_is_renewed() {
    let ground = Ground::new().await;
    let boss = Desk::first(&ground).await;
    let nina = boss
        .hires(&ground, "nina", "internal", object!([{"role": "duty_officer"}]))
        .await;
    let script = token(&ground, &nina).await;
    assert_eq!(script.ask("GET", "/api/v1/areas", None).await.0, 200);
    let (status, renewed) = boss.ask("POST", "/api/v1/people/nina/password", None).await;
    assert_eq!((status, &renewed["ended_tokens"]), (200, &object!(1)), "{renewed}");
    assert_eq!(script.ask("GET", "/api/v1/areas", None).await.0, 401);
    assert_eq!(nina.ask("GET", "/api/v1/session", None).await.0, 401);
    assert!(ground.accounts.sign_in("nina", OWN.into()).await.is_err());
    // the operator on the machine does the same
    let script = token(&ground, &boss).await;
    assert!(ground.accounts.reset_password(ACCOUNT).await.unwrap().is_some());
    assert_eq!(script.ask("GET", "/api/v1/areas", None).await.0, 401);
}

#[tokio::test]
async fn who_may_not_renew_a_password_learns_nothing_and_costs_nothing() {
    let ground = Ground::new().await;
    let boss = Desk::first(&ground).await;
    let local = object!([{"role": "administrator", "area": "00070"}]);
    let local = boss.hires(&ground, "local", "internal", local).await;
    let far = object!([{"role": "ward_officer", "area": "00097"}]);
    boss.hires(&ground, "far", "internal", far).await;
    let service = object!({"account": "may-cham-diem", "kind": "service"});
    assert_eq!(boss.ask("POST", "/api/v1/people", Some(service)).await.0, 201);
    let before = ground.accounts.password_hashes();
    let mut answers = Vec::new();
    for name in ["far", "may-cham-diem", "nobody"] {
        answers.push(
            local
                .ask("POST", &format!("/api/v1/people/{name}/password"), None)
                .await,
        );
    }
    assert_eq!(answers[0].0, 404);
    answers.dedup();
    assert_eq!(
        answers.len(),
        1,
        "what is out of reach and what is not there read the same: {answers:?}"
    );
    assert_eq!(ground.accounts.password_hashes(), before, "nothing was hashed");
    let (status, service) = boss.ask("POST", "/api/v1/people/may-cham-diem/password", None).await;
    assert_eq!((status, &service["code"]), (409, &object!("wrong_state")));
}

#[tokio::test]
async fn a_refusal_behind_the_door_says_as_much_as_one_at_the_door() {
    let ground = Ground::new().await;
    let boss = Desk::first(&ground).await;
    let nina = boss
        .hires(&ground, "nina", "internal", object!([{"role": "duty_officer"}]))
        .await;
    let behind = boss
        .ask("POST", &format!("/api/v1/people/{ACCOUNT}/password"), None)
        .await;
    assert_eq!(behind.0, 403);
    assert_eq!(behind.1["action"], "person.keep");
    assert_eq!(behind.1["rules"], object!(["never_for_oneself"]));
    let text = &behind.1["text"];
    assert_eq!(text["vi"], "không ai tự sửa tài khoản và quyền của chính mình ở đây");
    assert_eq!(text["en"], "nobody changes the account and the rights of oneself here");
    let door = nina.ask("GET", "/api/v1/people", None).await;
    assert_eq!((door.0, &door.1["action"]), (403, &object!("person.read")));
    let members = |answer: &serde_json::Value| -> Vec<String> { answer.as_object().unwrap().keys().cloned().collect() };
    assert_eq!(members(&door.1), members(&behind.1));
    assert!(door.1["text"]["vi"].as_str().unwrap().contains("vai trò"), "{}", door.1);
}

#[tokio::test]
async fn sessions_and_tokens_of_others_are_ended_by_whom_the_rules_permit_and_never_ones_own() {
    let ground = Ground::new().await;
    let boss = Desk::first(&ground).await;
    let guard = boss
        .hires(&ground, "guard", "internal", object!([{"role": "security_officer"}]))
        .await;
    let near = object!([{"role": "security_officer", "area": "00070"}]);
    let near = boss.hires(&ground, "near", "internal", near).await;
    token(&ground, &boss).await;
    let of = async |desk: &Desk, account: &str, what: &str| -> String {
        let (_, list) = desk.ask("GET", &format!("/api/v1/people/{account}/{what}"), None).await;
        list["items"][0]["id"].as_str().unwrap().to_owned()
    };
    for what in ["sessions", "tokens"] {
        let id = of(&guard, ACCOUNT, what).await;
        let path = format!("/api/v1/people/{ACCOUNT}/{what}/{id}");
        let (status, refused) = boss.ask("DELETE", &path, None).await;
        assert_eq!(status, 403, "{what}: {refused}");
        assert_eq!(refused["rules"], object!(["never_for_oneself"]), "{what}");
        assert_eq!(near.ask("DELETE", &path, None).await.0, 404, "{what}: out of reach");
    }
    for what in ["tokens", "sessions"] {
        let id = of(&guard, ACCOUNT, what).await;
        let path = format!("/api/v1/people/{ACCOUNT}/{what}/{id}");
        assert_eq!(guard.ask("DELETE", &path, None).await.0, 204, "{what}");
        assert_eq!(guard.ask("DELETE", &path, None).await.0, 404, "{what}: gone");
    }
}
