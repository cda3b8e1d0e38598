//! One's own account: second factor, tokens, explanations, and streams that end with their rights.

use crate::ground::{ABSOLUTE_S, ACCOUNT, Ground, IDLE_S, accounts_with, request, send, whole};
use crate::people::Desk;
use access::error::AccessError;
use access::model::SessionLimits;
use access::service::Shown;
use access::totp;
use axum::body::Body;
use axum::http::Response;
use axum::middleware::from_fn_with_state;
use axum::response::IntoResponse;
use futures::StreamExt;
use kernel::clock::Clock;
use serde_json::json as object;
use std::sync::Arc;
use std::time::{Duration, Instant};

pub(crate) const SECOND: &str = "/api/v1/account/second-factor";

/// The password once more, as the beginning of a second factor asks for it.
pub(crate) fn again(ground: &Ground) -> Option<serde_json::Value> {
    Some(object!({ "password": ground.password }))
}

/// The code of a secret as an app shows it, at the time of the ground.
pub(crate) fn code(ground: &Ground, secret: &str) -> String {
    const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let bits: String = secret
        .chars()
        .map(|letter| format!("{:05b}", LETTERS.find(letter).unwrap()))
        .collect();
    let bytes: Vec<u8> = bits
        .as_bytes()
        .chunks_exact(8)
        .map(|byte| u8::from_str_radix(std::str::from_utf8(byte).unwrap(), 2).unwrap())
        .collect();
    totp::code(&bytes, totp::step(ground.clock.now()))
}

fn shown(ground: &Ground, code: Option<String>) -> Shown {
    Shown {
        account: ACCOUNT.to_owned(),
        password: ground.password.clone(),
        code,
        from: String::new(),
    }
}

#[tokio::test]
async fn a_second_factor_is_asked_for_once_it_was_confirmed() {
    let ground = Ground::new().await;
    ground.clock.advance(Duration::from_secs(1_000_000));
    let desk = Desk::first(&ground).await;
    let other = Desk::first(&ground).await;
    let (status, begun) = desk.ask("POST", SECOND, again(&ground)).await;
    assert_eq!(status, 201);
    let secret = begun["secret"].as_str().unwrap().to_owned();
    assert!(begun["address"].as_str().unwrap().contains(&secret));
    assert!(ground.signs_in(&ground.password).await, "it does not count yet");
    let wrong = object!({"code": "000000"});
    assert_eq!(desk.ask("PUT", SECOND, Some(wrong)).await.1["code"], "code_unfit");
    let right = object!({"code": code(&ground, &secret)});
    let (status, codes) = desk.ask("PUT", SECOND, Some(right)).await;
    assert_eq!(status, 200, "{codes}");
    let recovery = codes["codes"][0].as_str().unwrap().to_owned();
    assert_eq!(
        other.ask("GET", "/api/v1/session", None).await.0,
        401,
        "other sessions end"
    );
    assert_eq!(desk.ask("GET", "/api/v1/session", None).await.1["second_factor"], true);

    let open = async |code: Option<String>| ground.accounts.open(shown(&ground, code)).await;
    assert!(matches!(open(None).await, Err(AccessError::SecondFactorNeeded)));
    assert!(matches!(
        open(Some("000000".into())).await,
        Err(AccessError::SignInFailed)
    ));
    let used = code(&ground, &secret);
    assert!(
        open(Some(used.clone())).await.is_err(),
        "the code that confirmed it was used"
    );
    ground.clock.advance(Duration::from_secs(60));
    assert!(open(Some(code(&ground, &secret))).await.is_ok());
    assert!(open(Some(code(&ground, &secret))).await.is_err(), "replayed");
    assert!(open(Some(recovery.clone())).await.is_ok());
    assert!(open(Some(recovery)).await.is_err(), "a recovery code counts once");
    let stored = ground
        .tenant
        .records
        .get(access::record::ACCOUNTS, ACCOUNT)
        .await
        .unwrap()
        .unwrap();
    let stored = String::from_utf8(stored.body).unwrap();
    assert!(!stored.contains(&secret), "the secret is sealed");
}

#[tokio::test]
async fn wrong_codes_give_a_rest_like_wrong_passwords() {
    let ground = Ground::new().await;
    ground.clock.advance(Duration::from_secs(1_000_000));
    let desk = Desk::first(&ground).await;
    let (_, begun) = desk.ask("POST", SECOND, again(&ground)).await;
    let secret = begun["secret"].as_str().unwrap().to_owned();
    desk.ask("PUT", SECOND, Some(object!({"code": code(&ground, &secret)})))
        .await;
    ground.clock.advance(Duration::from_secs(90));
    for _ in 0..access::model::MAX_FAILURES {
        assert!(
            ground
                .accounts
                .open(shown(&ground, Some("000000".into())))
                .await
                .is_err()
        );
    }
    let right = code(&ground, &secret);
    assert!(
        ground.accounts.open(shown(&ground, Some(right))).await.is_err(),
        "it rests"
    );
}

#[tokio::test]
async fn where_it_is_asked_for_an_administrator_first_enrols() {
    let ground = Ground::new().await;
    ground.clock.advance(Duration::from_secs(1_000_000));
    let limits = SessionLimits {
        idle_s: IDLE_S,
        absolute_s: ABSOLUTE_S,
    };
    let strict = accounts_with(Arc::clone(&ground.tenant.records), &ground.clock, limits, true);
    let (secret, _) = strict.sign_in(ACCOUNT, ground.password.clone()).await.unwrap();
    let desk = Desk {
        api: whole(&strict),
        bearer: format!("Bearer {secret}"),
    };
    let (status, refused) = desk.ask("GET", "/api/v1/people", None).await;
    assert_eq!(
        (status, &refused["rules"]),
        (403, &object!(["second_factor"])),
        "{refused}"
    );
    let due = async || desk.ask("GET", "/api/v1/session", None).await.1["second_factor_due"].clone();
    assert_eq!(due().await, true, "the screen need not run into a refusal first");
    let (status, begun) = desk.ask("POST", SECOND, again(&ground)).await;
    assert_eq!(status, 201, "enrolling is possible");
    let shown = code(&ground, begun["secret"].as_str().unwrap());
    assert_eq!(desk.ask("PUT", SECOND, Some(object!({"code": shown}))).await.0, 200);
    assert_eq!(desk.ask("GET", "/api/v1/people", None).await.0, 200);
    assert_eq!(due().await, false);
}

#[tokio::test]
async fn a_token_does_what_it_was_made_for_until_it_expires_or_is_ended() {
    let ground = Ground::new().await;
    let desk = Desk::first(&ground).await;
    let body = |actions: &[&str], days: i64| {
        let expires = ground.clock.now().plus(Duration::from_secs(days as u64 * 86_400));
        Some(object!({"title": "báo cáo đêm", "actions": actions, "expires": expires}))
    };
    for (actions, days, expected) in [
        (&["area.read"][..], 0, 422),
        (&["area.read"], 400, 422),
        (&[], 1, 422),
        (&["no.such"], 1, 422),
        (&["audit.read"], 1, 422),
        (&["party.read"], 1, 422),
        (&["right.keep"], 1, 422),
        (&["account.keep"], 1, 422),
    ] {
        let (status, answer) = desk.ask("POST", "/api/v1/account/tokens", body(actions, days)).await;
        assert_eq!(status, expected, "{actions:?} {days}: {answer}");
    }
    let (_, made) = desk
        .ask(
            "POST",
            "/api/v1/account/tokens",
            body(&["area.read", "session.read"], 1),
        )
        .await;
    let token = Desk {
        api: ground.api(),
        bearer: format!("Bearer {}", made["secret"].as_str().unwrap()),
    };
    assert_eq!(token.ask("GET", "/api/v1/areas", None).await.0, 200);
    let (status, refused) = token.ask("GET", "/api/v1/people", None).await;
    assert_eq!((status, &refused["rules"]), (403, &object!(["token_scope"])));
    assert_eq!(
        token
            .ask("POST", "/api/v1/account/tokens", body(&["area.read"], 1))
            .await
            .0,
        403
    );
    ground.clock.advance(Duration::from_secs(80_000));
    assert_eq!(token.ask("GET", "/api/v1/areas", None).await.0, 200, "no idle limit");
    ground.clock.advance(Duration::from_secs(6_400));
    assert_eq!(token.ask("GET", "/api/v1/areas", None).await.0, 401, "expired");

    let desk = Desk::first(&ground).await;
    let (_, made) = desk
        .ask("POST", "/api/v1/account/tokens", body(&["area.read"], 1))
        .await;
    let id = made["token"]["id"].as_str().unwrap().to_owned();
    let token = Desk {
        api: ground.api(),
        bearer: format!("Bearer {}", made["secret"].as_str().unwrap()),
    };
    assert_eq!(token.ask("GET", "/api/v1/areas", None).await.0, 200);
    assert_eq!(
        desk.ask("DELETE", &format!("/api/v1/account/tokens/{id}"), None)
            .await
            .0,
        204
    );
    assert_eq!(token.ask("GET", "/api/v1/areas", None).await.0, 401, "ended");
}

#[tokio::test]
async fn an_explanation_tells_the_bound_and_keeps_state_secrets() {
    let ground = Ground::new().await;
    let boss = Desk::first(&ground).await;
    let ward = object!([{"role": "ward_leader", "area": "00070"}]);
    let nina = boss.hires(&ground, "nina", "restricted", ward).await;
    let why = async |object: &str| {
        nina.ask(
            "GET",
            &format!("/api/v1/access/explain?action=alert.read&object={object}"),
            None,
        )
        .await
    };
    let (status, told) = why("alert/1").await;
    assert_eq!((status, &told["allowed"]), (200, &object!(false)));
    assert_eq!(
        told["text"]["vi"],
        "Không được phép xem cảnh báo: nằm ngoài địa bàn được giao."
    );
    assert_eq!(told["rules"][0]["rule"], "area");
    let (secret, nothing) = (why("alert/secret").await, why("alert/none").await);
    assert_eq!(secret.0, 404);
    assert_eq!(secret, nothing, "a state secret and what does not exist read the same");
    assert_eq!(why("alert").await.0, 422);
    assert_eq!(
        nina.ask("GET", "/api/v1/access/explain?action=alert.burn", None)
            .await
            .0,
        422
    );
}

async fn endless() -> Response<Body> {
    let body = Body::from_stream(futures::stream::pending::<Result<String, std::io::Error>>());
    ([("content-type", "text/event-stream")], body).into_response()
}

#[tokio::test]
async fn an_open_stream_ends_with_its_session_or_its_rights_and_with_nothing_else() {
    let ground = Ground::new().await;
    let boss = Desk::first(&ground).await;
    let nina = boss
        .hires(&ground, "nina", "internal", object!([{"role": "duty_officer"}]))
        .await;
    let api = axum::Router::new()
        .route("/stream", axum::routing::get(endless))
        .layer(from_fn_with_state(
            ground.accounts.clone(),
            access::door::end_with_rights,
        ))
        .layer(from_fn_with_state(ground.accounts.clone(), access::http::identify));
    let open = async || {
        let headers = [("authorization", nina.bearer.as_str())];
        let response = send(&api, request("GET", "/stream", &headers, None)).await;
        Box::pin(response.into_body().into_data_stream())
    };
    // news of others leave it open
    let mut stream = open().await;
    let given = object!({"role": "auditor"});
    boss.hires(&ground, "other", "internal", object!([])).await;
    assert!(futures::poll!(stream.next()).is_pending());
    boss.ask("POST", "/api/v1/people/other/rights", Some(given.clone()))
        .await;
    tokio::task::yield_now().await;
    assert!(futures::poll!(stream.next()).is_pending());
    // a new right of the same place
    let asked = Instant::now();
    boss.ask("POST", "/api/v1/people/nina/rights", Some(given)).await;
    assert!(stream.next().await.is_none());
    let changed = asked.elapsed();
    // the end of the session
    let mut stream = open().await;
    assert!(futures::poll!(stream.next()).is_pending());
    let (_, sessions) = boss.ask("GET", "/api/v1/people/nina/sessions", None).await;
    for session in sessions["items"].as_array().unwrap() {
        let path = format!("/api/v1/people/nina/sessions/{}", session["id"].as_str().unwrap());
        // the first account has no right to it; a security officer has
        assert_eq!(boss.ask("DELETE", &path, None).await.0, 204);
    }
    let ended = Instant::now();
    assert!(stream.next().await.is_none());
    println!(
        "an open stream ended {changed:?} after a new right was asked for, and {:?} after the answer that its session ended",
        ended.elapsed()
    );
}
