//! What is asked of a provider over the network: of one that answers, and of ones that lead elsewhere, never end or never answer.

use access::oidc::client::{Ask, Client};
use access::oidc::flow::Provider;
use access::oidc::remote::{Remote, Us};
use access::oidc::turned::Turned;
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use testkit::clock::VirtualClock;

/// What a provider publishes, how often it was asked for that, and what was shown at its door of tokens.
#[derive(Debug, Default)]
struct Seen {
    published: Mutex<Value>,
    asked: AtomicUsize,
    shown: Mutex<(Option<String>, String)>,
}

type Shared = State<Arc<Seen>>;

async fn publish(State(seen): Shared) -> Response {
    seen.asked.fetch_add(1, Ordering::Relaxed);
    match seen.published.lock().unwrap().clone() {
        Value::Null => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        published => axum::Json(published).into_response(),
    }
}

async fn token(State(seen): Shared, headers: HeaderMap, form: String) -> Response {
    let shown = headers
        .get("authorization")
        .map(|text| text.to_str().unwrap().to_owned());
    let good = form.contains("&code=good&") || form.contains("&code=g%20d&");
    *seen.shown.lock().unwrap() = (shown, form);
    if good {
        axum::Json(json!({"access_token": "a", "token_type": "Bearer", "id_token": "a.b.c"})).into_response()
    } else {
        (StatusCode::BAD_REQUEST, axum::Json(json!({"error": "invalid_grant"}))).into_response()
    }
}

async fn endless() -> Body {
    let piece = || Some((Ok::<_, std::io::Error>(vec![b' '; 16_384]), ()));
    Body::from_stream(futures::stream::unfold((), move |()| std::future::ready(piece())))
}

/// A provider on this machine: its address and what it saw.
async fn provider() -> (String, Arc<Seen>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let here = format!("http://{}", listener.local_addr().unwrap());
    let seen = Arc::new(Seen::default());
    *seen.published.lock().unwrap() = json!({
        "issuer": here,
        "authorization_endpoint": format!("{here}/auth"),
        "token_endpoint": format!("{here}/token"),
        "jwks_uri": format!("{here}/keys"),
    });
    let routes = Router::new()
        .route("/.well-known/openid-configuration", get(publish))
        .route("/keys", get(async || axum::Json(json!({"keys": []}))))
        .route("/token", post(token))
        .route("/elsewhere", get(async || Redirect::temporary("/keys")))
        .route("/endless", get(endless))
        .route("/silent", get(async || std::future::pending::<()>().await))
        .with_state(Arc::clone(&seen));
    tokio::spawn(async move { axum::serve(listener, routes).await });
    (here, seen)
}

fn plain() -> Client {
    Client::new(&[], Duration::from_secs(60)).unwrap()
}

fn remote(issuer: &str, secret: Option<&str>, clock: &VirtualClock) -> Remote {
    let us = Us {
        issuer: issuer.to_owned(),
        client: "hanoi ioc".to_owned(),
        secret: secret.map(str::to_owned),
    };
    Remote::new(us, plain(), Arc::new(clock.clone()))
}

#[tokio::test]
async fn a_code_is_exchanged_with_our_secret_and_what_is_published_is_asked_once_an_hour() {
    let (here, seen) = provider().await;
    let clock = VirtualClock::default();
    let ours = remote(&here, Some("a:b c"), &clock);
    assert_eq!(ours.authorization().await, Ok(format!("{here}/auth")));
    assert_eq!(ours.token("good", "v", "https://back").await, Ok("a.b.c".to_owned()));
    let (shown, form) = seen.shown.lock().unwrap().clone();
    // RFC 6749 section 2.3.1: each half escaped before they are joined
    assert_eq!(shown.as_deref(), Some("Basic aGFub2klMjBpb2M6YSUzQWIlMjBj"));
    assert_eq!(
        form,
        "grant_type=authorization_code&code=good&redirect_uri=https%3A%2F%2Fback&code_verifier=v"
    );
    let refused = ours.token("used&code=good&x", "v", "https://back").await;
    assert_eq!(refused, Err(Turned::Disbelieved("the provider does not take the code")));
    assert_eq!(ours.keys().await.unwrap(), b"{\"keys\":[]}");
    assert_eq!(seen.asked.load(Ordering::Relaxed), 1);
    clock.advance(Duration::from_secs(3_600));
    assert!(ours.authorization().await.is_ok());
    assert_eq!(seen.asked.load(Ordering::Relaxed), 2);

    seen.published.lock().unwrap()["token_endpoint_auth_methods_supported"] = json!(["client_secret_post"]);
    let post = remote(&here, Some("s&x"), &clock);
    assert!(post.token("good", "v", "b").await.is_ok());
    let (shown, form) = seen.shown.lock().unwrap().clone();
    assert!(
        shown.is_none() && form.ends_with("&client_id=hanoi%20ioc&client_secret=s%26x"),
        "{form}"
    );
    let public = remote(&here, None, &clock);
    assert!(public.token("good", "v", "b").await.is_ok());
    let (shown, form) = seen.shown.lock().unwrap().clone();
    assert!(
        shown.is_none() && form.ends_with("&code_verifier=v&client_id=hanoi%20ioc"),
        "{form}"
    );
}

#[tokio::test]
async fn a_provider_that_calls_itself_otherwise_or_leads_off_this_machine_is_not_believed() {
    let (here, seen) = provider().await;
    for (member, value) in [
        ("issuer", "http://127.0.0.1:1"),
        ("issuer", "https://id.example.vn"),
        ("authorization_endpoint", "javascript:alert(1)"),
        ("token_endpoint", "http://id.example.vn/token"),
        ("jwks_uri", "file:///etc/passwd"),
    ] {
        let good = seen.published.lock().unwrap().clone();
        seen.published.lock().unwrap()[member] = json!(value);
        let away = remote(&here, None, &VirtualClock::default()).authorization().await;
        assert!(matches!(away, Err(Turned::Away(_))), "{member} {value}: {away:?}");
        *seen.published.lock().unwrap() = good;
    }
}

#[tokio::test]
async fn a_provider_that_is_away_is_left_in_peace_for_a_moment_and_asked_again() {
    let (here, seen) = provider().await;
    let good = std::mem::take(&mut *seen.published.lock().unwrap());
    let clock = VirtualClock::default();
    let ours = remote(&here, None, &clock);
    for _ in 0..20 {
        assert!(matches!(ours.authorization().await, Err(Turned::Away(_))));
    }
    assert_eq!(seen.asked.load(Ordering::Relaxed), 1);
    *seen.published.lock().unwrap() = good;
    clock.advance(Duration::from_secs(5));
    assert!(ours.authorization().await.is_ok());
}

#[tokio::test]
async fn nothing_is_followed_read_without_end_or_asked_off_this_machine_without_tls() {
    let (here, _) = provider().await;
    let ask = async |address: String| plain().ask(&address, Ask::default()).await;
    assert_eq!(ask(format!("{here}/keys")).await.unwrap().0, 200);
    assert_eq!(ask(format!("{here}/elsewhere")).await.unwrap().0, 307, "not followed");
    for (address, why) in [
        (
            format!("{here}/endless"),
            "its answer is broken off, or longer than 256 KiB",
        ),
        (
            "http://192.0.2.1/keys".to_owned(),
            "an address that is neither https nor on this machine",
        ),
        ("https://127.0.0.1:1/keys".to_owned(), "no connection"),
        (here.replace("http:", "https:"), "no authority is configured"),
    ] {
        assert_eq!(ask(address.clone()).await.unwrap_err(), Turned::Away(why), "{address}");
    }
    let hasty = Client::new(&[], Duration::ZERO).unwrap();
    let late = hasty.ask(&format!("{here}/silent"), Ask::default()).await;
    assert_eq!(late.unwrap_err(), Turned::Away("no answer in time"));
    assert!(
        Client::new(b"nothing", Duration::ZERO).is_err(),
        "a file without a certificate"
    );
}

#[tokio::test]
async fn a_certificate_counts_when_a_configured_authority_signed_it_for_the_name() {
    let signed = |name: &str| rcgen::generate_simple_self_signed([name.to_owned()]).unwrap();
    let (right, wrong) = (signed("localhost"), signed("id.example.vn"));
    let (mine, other) = (right.cert.pem(), wrong.cert.pem());
    for (made, trusts, expected) in [
        (&right, &mine, Ok(())),
        (&right, &other, Err(Turned::Away("TLS failed"))),
        (&wrong, &other, Err(Turned::Away("TLS failed"))),
    ] {
        let key = rustls::pki_types::PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
        let chain = vec![made.cert.der().clone()];
        let config = chassis::tls::server_config(chain, key, vec![], chassis::tls::Versions::From12, &[b"http/1.1"]);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let listener = chassis::tls::TlsListener::new(listener, Arc::new(config.unwrap())).unwrap();
        let routes = Router::new().route("/keys", get(async || "{}"));
        tokio::spawn(async move { axum::serve(listener, routes).await });
        let client = Client::new(trusts.as_bytes(), Duration::from_secs(60)).unwrap();
        let asked = client
            .ask(&format!("https://localhost:{port}/keys"), Ask::default())
            .await;
        assert_eq!(asked.map(|(status, _)| assert_eq!(status, 200)), expected);
    }
}
