//! The session API as a browser and a script meet it.

use crate::ground::{ABSOLUTE_S, ACCOUNT, Ground, json, request, send};
use access::http::identify;
use axum::Router;
use axum::body::Body;
use axum::http::Response;
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use serde_json::{Value, json as object};

const SESSION: &str = "/api/v1/session";

async fn sign_in(api: &Router, password: &str) -> Response<Body> {
    let body = object!({"account": ACCOUNT, "password": password});
    send(api, request("POST", SESSION, &[], Some(body))).await
}

/// `name=secret` of the cookie that an answer sets.
fn cookie(response: &Response<Body>) -> String {
    let set = response.headers()["set-cookie"].to_str().unwrap();
    set.split(';').next().unwrap().to_owned()
}

async fn ask(api: &Router, method: &str, path: &str, headers: &[(&str, &str)]) -> (u16, Value) {
    let response = send(api, request(method, path, headers, None)).await;
    (response.status().as_u16(), json(response).await)
}

#[tokio::test]
async fn a_cookie_is_set_with_all_its_guards_and_taken_away() {
    let ground = Ground::new().await;
    let api = ground.api();
    let response = sign_in(&api, &ground.password).await;
    assert_eq!(response.status(), 200);
    let set = response.headers()["set-cookie"].to_str().unwrap().to_owned();
    let attributes: Vec<&str> = set.split("; ").skip(1).collect();
    let age = format!("Max-Age={ABSOLUTE_S}");
    assert_eq!(attributes, ["Path=/", "HttpOnly", "SameSite=Strict", &age, "Secure"]);
    let cookie = cookie(&response);
    let body = json(response).await;
    assert_eq!(
        (&body["account"], &body["must_change_password"]),
        (&object!(ACCOUNT), &object!(false))
    );

    let headers = [("cookie", cookie.as_str())];
    assert_eq!(ask(&api, "GET", SESSION, &headers).await, (200, body));
    let gone = send(&api, request("DELETE", SESSION, &headers, None)).await;
    assert_eq!(gone.status(), 204);
    assert!(gone.headers()["set-cookie"].to_str().unwrap().contains("Max-Age=0"));
    let (status, problem) = ask(&api, "GET", SESSION, &headers).await;
    assert_eq!((status, &problem["code"]), (401, &object!("not_signed_in")));
}

#[tokio::test]
async fn a_wrong_password_is_401_in_two_languages_and_sets_nothing() {
    let ground = Ground::new().await;
    let response = sign_in(&ground.api(), "không phải câu này").await;
    assert_eq!(response.status(), 401);
    assert!(!response.headers().contains_key("set-cookie"));
    let problem = json(response).await;
    assert_eq!(problem["code"], "sign_in_failed");
    assert!(problem["title"].as_str().unwrap().contains("mật khẩu"));
}

#[tokio::test]
async fn the_bearer_header_carries_a_session_and_stands_above_a_cookie() {
    let ground = Ground::new().await;
    let api = ground.api();
    let cookie = cookie(&sign_in(&api, &ground.password).await);
    let secret = cookie.split_once('=').unwrap().1;
    for scheme in ["Bearer", "bearer", "BEARER"] {
        let header = format!("{scheme} {secret}");
        assert_eq!(
            ask(&api, "GET", SESSION, &[("authorization", &header)]).await.0,
            200,
            "{scheme}"
        );
    }
    for wrong in ["Bearer nonsense", "Basic YTpi", "Bearer"] {
        let headers = [("authorization", wrong), ("cookie", cookie.as_str())];
        assert_eq!(ask(&api, "GET", SESSION, &headers).await.0, 401, "{wrong}");
    }
    let many = format!("a=b; {cookie}; c=d");
    assert_eq!(ask(&api, "GET", SESSION, &[("cookie", &many)]).await.0, 200);
}

#[tokio::test]
async fn another_site_cannot_act_with_our_cookie() {
    let ground = Ground::new().await;
    let api = ground.api();
    let cookie = cookie(&sign_in(&api, &ground.password).await);
    for (site, refused) in [
        ("cross-site", true),
        ("same-site", true),
        ("same-origin", false),
        ("none", false),
    ] {
        let headers = [("cookie", cookie.as_str()), ("sec-fetch-site", site)];
        assert_eq!(ask(&api, "GET", SESSION, &headers).await.0, 200, "reading: {site}");
        let body = object!({"old": "x", "new": "ngắn"});
        let response = send(&api, request("PUT", "/api/v1/session/password", &headers, Some(body))).await;
        let code = json(response).await["code"].clone();
        assert_eq!(code == "foreign_origin", refused, "{site}: {code}");
    }
    let secret = format!("Bearer {}", cookie.split_once('=').unwrap().1);
    let headers = [("authorization", secret.as_str()), ("sec-fetch-site", "cross-site")];
    assert_eq!(
        ask(&api, "DELETE", SESSION, &headers).await.0,
        204,
        "a script that holds the secret is not a browser"
    );
}

#[tokio::test]
async fn the_first_password_opens_the_session_api_only() {
    let ground = Ground::with_first(true).await;
    let near = Router::new().route("/api/v1/session-x", get(async || "open"));
    let layer = from_fn_with_state(ground.accounts.clone(), identify);
    let api = ground.api().merge(near.layer(layer));
    let first = cookie(&sign_in(&api, &ground.password).await);
    let headers = [("cookie", first.as_str())];
    assert_eq!(ask(&api, "GET", SESSION, &headers).await.0, 200);
    for path in ["/api/v1/areas", "/api/v1/session-x"] {
        let (status, problem) = ask(&api, "GET", path, &headers).await;
        assert_eq!(
            (status, &problem["code"]),
            (403, &object!("password_must_change")),
            "{path}"
        );
    }
    let body = object!({"old": ground.password, "new": "trời mưa thì đường ngập"});
    let changed = send(&api, request("PUT", "/api/v1/session/password", &headers, Some(body))).await;
    assert_eq!(changed.status(), 200);
    let new = cookie(&changed);
    assert_eq!(ask(&api, "GET", "/api/v1/areas", &[("cookie", &new)]).await.0, 200);
    assert_eq!(
        ask(&api, "GET", SESSION, &headers).await.0,
        401,
        "the first session ended"
    );
}

#[tokio::test]
async fn bodies_that_do_not_fit_are_problems() {
    let ground = Ground::new().await;
    let api = ground.api();
    for (body, status, code) in [
        (object!({"account": "a"}), 422, "invalid_value"),
        (
            object!({"account": "a", "password": "b", "remember": true}),
            422,
            "invalid_value",
        ),
    ] {
        let response = send(&api, request("POST", SESSION, &[], Some(body))).await;
        assert_eq!(response.status(), status);
        assert_eq!(json(response).await["code"], code);
    }
}
