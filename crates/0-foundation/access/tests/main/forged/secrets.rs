//! Secrets of sessions and API tokens that were guessed, changed, stolen from storage, made by another instance, or have ended.

use super::Forged;
use crate::elsewhere::House;
use crate::ground::{ABSOLUTE_S, Ground, IDLE_S, request, send};
use crate::people::Desk;
use crate::provider::part;
use access::session::{hash_of, id_of};
use axum::Router;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json as object;
use std::time::{Duration, Instant};

const SESSION: &str = "/api/v1/session";
const AREAS: &str = "/api/v1/areas";

/// An API token of whoever sits there.
async fn token(ground: &Ground, desk: &Desk) -> (String, String) {
    let expires = kernel::clock::Clock::now(&ground.clock).plus(Duration::from_secs(86_400));
    let body = object!({"title": "báo cáo", "actions": ["area.read", "session.read"], "expires": expires});
    let (_, made) = desk.ask("POST", "/api/v1/account/tokens", Some(body)).await;
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    (text(&made["secret"]), text(&made["token"]["id"]))
}

/// Whether a secret opens anything, as bearer or as cookie.
async fn opens(api: &Router, secret: &str) -> bool {
    let (bearer, cookie) = (format!("Bearer {secret}"), format!("hanoi_ioc_session={secret}"));
    let mut opened = false;
    for (name, value) in [("authorization", bearer.as_str()), ("cookie", cookie.as_str())] {
        if axum::http::HeaderValue::from_str(value).is_err() {
            continue;
        }
        for path in [SESSION, AREAS] {
            let answer = send(api, request("GET", path, &[(name, value)], None)).await;
            opened |= answer.status() != 401;
        }
    }
    opened
}

/// A secret with one letter changed, for each letter.
fn bent(secret: &str) -> impl Iterator<Item = String> {
    (0..secret.len()).map(move |at| {
        let other = if &secret[at..=at] == "0" { "1" } else { "0" };
        format!("{}{other}{}", &secret[..at], &secret[at + 1..])
    })
}

fn forged(session: &str, token: &str, elsewhere: [String; 2]) -> Forged {
    let mut all = Vec::new();
    let mut add = |what: &str, secret: String| all.push((what.to_owned(), secret));
    for word in [
        "",
        " ",
        "null",
        "undefined",
        "true",
        "0",
        "truc-ban",
        "admin",
        "*",
        "%",
        "' OR '1'='1",
        "../../keys/seal.key",
        "hioc_",
    ] {
        add("a word", word.to_owned());
    }
    for secret in [session, token] {
        bent(secret).for_each(|bent| add("one letter changed", bent));
        add("upper case", secret.to_uppercase());
        add("cut", secret[..secret.len() - 1].to_owned());
        add("cut in front", secret[1..].to_owned());
        add("longer", format!("{secret}0"));
        add("twice", format!("{secret}{secret}"));
        add("prefixed", format!("hioc_{secret}"));
        add("reversed", secret.chars().rev().collect());
        add("as it is stored", hash_of(secret));
        add("the hash of it", hash_of(&hash_of(secret)));
        add("as people name it", id_of(&hash_of(secret)).to_string());
        add("base64", STANDARD.encode(secret));
        add("escaped", secret.bytes().map(|byte| format!("%{byte:02x}")).collect());
    }
    elsewhere
        .into_iter()
        .for_each(|secret| add("of another instance", secret));
    let claims = part(&object!({"sub": "truc-ban", "account": "truc-ban", "role": "administrator", "exp": i64::MAX}));
    for alg in ["none", "None", "HS256", "RS256"] {
        add(
            "a JWT",
            format!("{}.{claims}.", part(&object!({"alg": alg, "typ": "JWT"}))),
        );
    }
    add("very long", "a".repeat(60_000));
    all
}

#[tokio::test]
async fn secrets_that_were_forged_or_have_ended_open_nothing() {
    let (ground, other) = (Ground::new().await, Ground::new().await);
    let (desk, there) = (Desk::first(&ground).await, Desk::first(&other).await);
    let secret = |desk: &Desk| desk.bearer.strip_prefix("Bearer ").unwrap().to_owned();
    let (session, (key, key_id)) = (secret(&desk), token(&ground, &desk).await);
    let api = ground.api();
    assert!(opens(&api, &session).await && opens(&api, &key).await, "the controls");
    let foreign = [secret(&there), token(&other, &there).await.0];
    let (mut taken, mut count) = (Vec::new(), 0);
    for (what, secret) in forged(&session, &key, foreign) {
        count += 1;
        if opens(&api, &secret).await {
            taken.push(what);
        }
    }
    assert!(
        opens(&api, &session).await && opens(&api, &key).await,
        "the controls, after all that"
    );

    // what did count once
    let mut ended = Vec::new();
    let mut out = Duration::ZERO;
    for _ in 0..20 {
        let gone = Desk::first(&ground).await;
        assert!(opens(&api, &secret(&gone)).await);
        assert_eq!(gone.ask("DELETE", SESSION, None).await.0, 204);
        let since = Instant::now();
        if opens(&api, &secret(&gone)).await {
            taken.push("replayed after sign-out".to_owned());
        }
        out = out.max(since.elapsed());
        ended.push(("signed out", secret(&gone)));
    }
    let path = format!("/api/v1/account/tokens/{key_id}");
    assert_eq!(desk.ask("DELETE", &path, None).await.0, 204);
    ended.push(("a token that was taken back", key));
    let (late, idle) = (token(&ground, &desk).await.0, secret(&Desk::first(&ground).await));
    ground.clock.advance(Duration::from_secs(IDLE_S));
    ended.extend([("unused for too long", idle), ("unused for too long", session)]);
    ground.clock.advance(Duration::from_secs(86_400 - IDLE_S));
    ended.push(("a token that ran out", late));
    let long = secret(&Desk::first(&ground).await);
    for _ in 0..ABSOLUTE_S / 1_000 {
        ground.clock.advance(Duration::from_secs(1_000));
        opens(&api, &long).await;
    }
    ended.push(("longer than a session may last", long));
    let changed = Desk::first(&ground).await;
    let (cut, password) = (secret(&Desk::first(&ground).await), "mưa to thì đường ngập nước");
    let change = object!({"old": ground.password, "new": password});
    assert_eq!(
        changed.ask("PUT", "/api/v1/session/password", Some(change)).await.0,
        200
    );
    ended.extend([
        ("before the new password", cut),
        ("before the new password", secret(&changed)),
    ]);

    let restarted = crate::ground::whole(&ground.restarted());
    for (what, secret) in &ended {
        count += 1;
        if opens(&api, secret).await || opens(&restarted, secret).await {
            taken.push((*what).to_owned());
        }
    }
    let good = Desk::of(&ground, crate::ground::ACCOUNT, password).await;
    assert!(
        opens(&api, &secret(&good)).await && opens(&restarted, &secret(&good)).await,
        "the control"
    );
    println!(
        "{count} forged or ended secrets, each as bearer and as cookie, {} taken; four requests after a sign-out were refused \
         within {out:?}; the controls were taken",
        taken.len()
    );
    assert!(taken.is_empty(), "{taken:#?}");
}

/// What a provider signs, or what goes with the browser on the way to it, is no session.
#[tokio::test]
async fn what_belongs_to_the_way_to_a_provider_is_no_session() {
    let house = House::new().await;
    let away = house.leave().await;
    let id_token = house.signer.sign(&house.claims(&away));
    let bound = away.cookie.split_once('=').unwrap().1.to_owned();
    let api = house.ground.api();
    for secret in [id_token, bound, away.state.clone(), away.nonce.clone()] {
        assert!(!opens(&api, &secret).await, "{secret:.60}");
    }
}
