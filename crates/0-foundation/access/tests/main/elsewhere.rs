//! Signing in at another provider over the API, as a browser meets it, and the links that it takes.

use crate::ground::{ACCOUNT, Ground, json, request, send, whole_with};
use crate::people::Desk;
use crate::provider::{CLIENT, Fake, ISSUER, Signer, flow, parameter};
use access::oidc::providers::{One, Providers};
use axum::Router;
use axum::body::Body;
use axum::http::Response;
use kernel::clock::Clock;
use kernel::text::LangText;
use serde_json::{Value, json as object};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

const BEGIN: &str = "/api/v1/session/oidc/city";
const BACK: &str = "/api/v1/session/oidc/city/back";

/// A ground with a provider.
pub(crate) struct House {
    pub(crate) ground: Ground,
    api: Router,
    pub(crate) fake: Arc<Fake>,
    pub(crate) signer: Signer,
}

/// Who has left and may come back.
pub(crate) struct Away {
    pub(crate) state: String,
    pub(crate) nonce: String,
    pub(crate) cookie: String,
}

impl House {
    pub(crate) async fn new() -> Self {
        let ground = Ground::new().await;
        ground.clock.advance(Duration::from_secs(1_000_000));
        let (fake, signer) = (Arc::new(Fake::default()), Signer::new("a"));
        fake.publish(&signer);
        let one = One {
            id: "city".to_owned(),
            title: LangText::new("Tài khoản cán bộ", "Staff account"),
            flow: flow("city", &fake),
        };
        let api = whole_with(&ground.accounts, Arc::new(Providers::of(vec![one])));
        Self {
            ground,
            api,
            fake,
            signer,
        }
    }

    /// The first account at the API with the provider.
    pub(crate) async fn boss(&self) -> Desk {
        Desk {
            api: self.api.clone(),
            ..Desk::first(&self.ground).await
        }
    }

    async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Response<Body> {
        send(&self.api, request("GET", path, headers, None)).await
    }

    pub(crate) async fn leave(&self) -> Away {
        let begun = self.get(BEGIN, &[]).await;
        assert_eq!(begun.status(), 302);
        let address = begun.headers()["location"].to_str().unwrap();
        assert!(address.starts_with(&format!("{ISSUER}/auth?")), "{address}");
        let set = begun.headers()["set-cookie"].to_str().unwrap();
        Away {
            state: parameter(address, "state"),
            nonce: parameter(address, "nonce"),
            cookie: set.split(';').next().unwrap().to_owned(),
        }
    }

    /// What the provider says of somebody who has left.
    pub(crate) fn claims(&self, away: &Away) -> Value {
        let now = self.ground.clock.now().micros() / 1_000_000;
        object!({"iss": ISSUER, "aud": CLIENT, "sub": "s-1", "nonce": away.nonce, "iat": now, "exp": now + 300})
    }

    /// Comes back with what the provider says, as it is changed.
    async fn back(&self, away: &Away, change: impl Fn(&mut Value)) -> Response<Body> {
        let mut claims = self.claims(away);
        change(&mut claims);
        self.back_with(away, self.signer.sign(&claims)).await
    }

    /// Comes back with this token.
    pub(crate) async fn back_with(&self, away: &Away, token: String) -> Response<Body> {
        self.fake.gives_token(token);
        let path = format!("{BACK}?code=c&state={}", away.state);
        self.get(&path, &[("cookie", &away.cookie)]).await
    }

    /// There and back.
    async fn round(&self, change: impl Fn(&mut Value)) -> Response<Body> {
        self.back(&self.leave().await, change).await
    }

    pub(crate) async fn link(&self, account: &str, subject: &str) -> (u16, Value) {
        let body = object!({"provider": "city", "subject": subject});
        let path = format!("/api/v1/people/{account}/links");
        self.boss().await.ask("POST", &path, Some(body)).await
    }
}

/// The session of an answer.
pub(crate) fn session(response: &Response<Body>) -> Option<String> {
    let all = response.headers().get_all("set-cookie").iter();
    let mut texts = all.filter_map(|text| text.to_str().ok());
    let found = texts.find_map(|text| text.strip_prefix("hanoi_ioc_session="))?;
    Some(format!("hanoi_ioc_session={}", found.split(';').next().unwrap()))
}

#[tokio::test]
async fn who_is_linked_comes_in_and_nobody_else() {
    let house = House::new().await;
    let boss = house.boss().await;
    boss.hires(&house.ground, "nina", "internal", object!([{"role": "duty_officer"}]))
        .await;
    let listed = json(house.get("/api/v1/session/providers", &[]).await).await;
    let title = object!({"vi": "Tài khoản cán bộ", "en": "Staff account"});
    assert_eq!(
        listed["items"],
        object!([{"id": "city", "title": title, "begin": BEGIN}])
    );

    let stranger = house.round(|_| {}).await;
    assert_eq!((stranger.status().as_u16(), session(&stranger)), (401, None));
    assert_eq!(
        json(stranger).await["code"],
        "provider_refused",
        "no account is made by coming"
    );
    assert_eq!(house.link("nina", "s-1").await.0, 200);
    let opened = house.round(|_| {}).await;
    assert_eq!(
        (opened.status().as_u16(), &opened.headers()["location"]),
        (303, &"/".parse().unwrap())
    );
    let cookie = session(&opened).unwrap();
    let me = json(house.get("/api/v1/session", &[("cookie", &cookie)]).await).await;
    assert_eq!(me["account"], "nina");
    let sessions = json(house.get("/api/v1/account/sessions", &[("cookie", &cookie)]).await).await;
    let mine = sessions["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["present"] == true);
    assert_eq!(mine.unwrap()["provider"], "city");
    let other = house.round(|claims| claims["sub"] = object!("s-2")).await;
    assert_eq!((other.status().as_u16(), session(&other)), (401, None));

    let path = format!("/api/v1/people/nina/links/{}", link_of(&boss).await);
    assert_eq!(boss.ask("DELETE", &path, None).await.0, 200);
    let gone = house.get("/api/v1/session", &[("cookie", &cookie)]).await;
    assert_eq!(gone.status(), 401, "what came from there ends with the link");
    assert_eq!(house.round(|_| {}).await.status(), 401);
    assert_eq!(boss.ask("DELETE", &path, None).await.0, 404);
}

async fn link_of(boss: &Desk) -> String {
    let (_, person) = boss.ask("GET", "/api/v1/people/nina", None).await;
    person["links"][0]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn what_goes_with_the_browser_is_guarded_and_counts_once() {
    let house = House::new().await;
    house
        .boss()
        .await
        .hires(&house.ground, "nina", "internal", object!([]))
        .await;
    house.link("nina", "s-1").await;
    let begun = house.get(BEGIN, &[]).await;
    let set = begun.headers()["set-cookie"].to_str().unwrap();
    let attributes: Vec<&str> = set.split("; ").skip(1).collect();
    assert_eq!(
        attributes,
        [
            "Path=/api/v1/session/oidc",
            "HttpOnly",
            "SameSite=Lax",
            "Max-Age=600",
            "Secure"
        ]
    );
    let away = house.leave().await;
    let stolen = Away {
        cookie: "hanoi_ioc_oidc=AAAA".to_owned(),
        ..house.leave().await
    };
    assert_eq!(house.back(&stolen, |_| {}).await.status(), 401, "another browser");
    let opened = house.back(&away, |_| {}).await;
    assert_eq!(opened.status(), 303);
    let all = opened.headers().get_all("set-cookie").iter();
    let gone = all.filter(|set| set.to_str().unwrap().starts_with("hanoi_ioc_oidc=; "));
    assert_eq!(gone.count(), 1, "taken from the browser");
    let again = house.back(&away, |_| {}).await;
    assert_eq!((again.status().as_u16(), session(&again)), (401, None), "once");
    let late = house.leave().await;
    house.ground.clock.advance(Duration::from_secs(600));
    assert_eq!(house.back(&late, |_| {}).await.status(), 401, "ten minutes");
    for (path, status) in [
        ("/api/v1/session/oidc/none".to_owned(), 404),
        ("/api/v1/session/oidc/none/back?code=c&state=s".to_owned(), 404),
        (format!("{BACK}?code=c"), 401),
        (BACK.to_owned(), 401),
        (
            format!("{BACK}?error=access_denied&state={}", house.leave().await.state),
            401,
        ),
    ] {
        let answer = house.get(&path, &[]).await;
        assert_eq!((answer.status().as_u16(), session(&answer)), (status, None), "{path}");
    }
}

#[tokio::test]
async fn a_token_that_is_not_for_us_now_opens_nothing() {
    let house = House::new().await;
    house
        .boss()
        .await
        .hires(&house.ground, "nina", "internal", object!([]))
        .await;
    house.link("nina", "s-1").await;
    for (what, name, value) in [
        ("another issuer", "iss", object!("https://evil.example")),
        ("another client", "aud", object!("other")),
        ("another request", "nonce", object!("other")),
        ("expired", "exp", object!(1)),
        ("old", "iat", object!(1)),
        ("nobody", "sub", object!("")),
    ] {
        let refused = house.round(|claims| claims[name] = value.clone()).await;
        assert_eq!((refused.status().as_u16(), session(&refused)), (401, None), "{what}");
        assert!(
            refused.extensions().get::<audit::http::Why>().is_some(),
            "{what}: the trail says why"
        );
    }
    assert_eq!(house.round(|_| {}).await.status(), 303, "and the good one does");
}

#[tokio::test]
async fn an_ended_account_and_one_whose_second_factor_was_not_shown_stay_outside() {
    let house = House::new().await;
    let boss = house.boss().await;
    boss.hires(&house.ground, "nina", "internal", object!([{"role": "duty_officer"}]))
        .await;
    house.link("nina", "s-1").await;
    let end = async |ended: bool| {
        let body = Some(object!({ "ended": ended }));
        assert_eq!(boss.ask("PUT", "/api/v1/people/nina/state", body).await.0, 200);
    };
    end(true).await;
    let (ended, unknown) = (
        house.round(|_| {}).await,
        house.round(|claims| claims["sub"] = object!("s-9")).await,
    );
    assert_eq!(
        ended.extensions().get::<audit::http::Why>().unwrap().0,
        "the linked account has ended"
    );
    assert_eq!(json(ended).await, json(unknown).await, "both read the same");
    end(false).await;
    assert_eq!(house.round(|_| {}).await.status(), 303);

    let nina = Desk::of(&house.ground, "nina", "một câu dễ nhớ của tôi").await;
    let password = object!({"password": "một câu dễ nhớ của tôi"});
    let (_, begun) = nina.ask("POST", crate::own::SECOND, Some(password)).await;
    let code = crate::own::code(&house.ground, begun["secret"].as_str().unwrap());
    assert_eq!(
        nina.ask("PUT", crate::own::SECOND, Some(object!({"code": code})))
            .await
            .0,
        200
    );
    let weak = house.round(|_| {}).await;
    assert_eq!(weak.status(), 401);
    assert_eq!(json(weak).await["code"], "second_factor_needed");
    let strong = house.round(|claims| claims["amr"] = object!(["pwd", "otp"])).await;
    assert_eq!(strong.status(), 303);
}

#[tokio::test]
async fn a_first_password_that_was_never_changed_does_not_stop_who_comes_from_a_provider() {
    let house = House::new().await;
    let body = object!({"account": "nina", "rights": [{"role": "duty_officer"}]});
    assert_eq!(
        house.boss().await.ask("POST", "/api/v1/people", Some(body)).await.0,
        201
    );
    house.link("nina", "s-1").await;
    let cookie = session(&house.round(|_| {}).await).unwrap();
    let areas = house.get("/api/v1/areas", &[("cookie", &cookie)]).await;
    assert_eq!(areas.status(), 200, "nobody else knows what was shown at the provider");
}

#[tokio::test]
async fn a_name_opens_one_account_and_not_ones_own_or_one_out_of_reach() {
    let house = House::new().await;
    let boss = house.boss().await;
    for name in ["nina", "minh"] {
        boss.hires(&house.ground, name, "internal", object!([{"role": "duty_officer"}]))
            .await;
    }
    let service = object!({"account": "may-cham-diem", "kind": "service"});
    boss.ask("POST", "/api/v1/people", Some(service)).await;
    let local = object!([{"role": "administrator", "area": "00070"}]);
    let local = boss.hires(&house.ground, "local", "internal", local).await;
    let local = Desk {
        api: house.api.clone(),
        ..local
    };
    assert_eq!(house.link("nina", "s-1").await.0, 200);
    let body = |provider: &str, subject: &str| Some(object!({"provider": provider, "subject": subject}));
    for (desk, account, body, status) in [
        (&boss, "minh", body("city", "s-1"), 409),
        (&boss, "nina", body("city", "s-1"), 409),
        (&boss, "minh", body("none", "s-2"), 422),
        (&boss, "minh", body("city", ""), 422),
        (&boss, "minh", body("city", &"s".repeat(256)), 422),
        (&boss, "may-cham-diem", body("city", "s-2"), 409),
        (&boss, ACCOUNT, body("city", "s-2"), 403),
        (&boss, "nobody", body("city", "s-2"), 404),
        (&local, "minh", body("city", "s-2"), 404),
        (&local, "minh", body("none", "s-2"), 404),
        (&boss, "minh", body("city", "s-2"), 200),
    ] {
        let path = format!("/api/v1/people/{account}/links");
        let (answered, answer) = desk.ask("POST", &path, body.clone()).await;
        assert_eq!(answered, status, "{account} {body:?}: {answer}");
    }
    for number in 3..10 {
        house.link("minh", &format!("s-{number}")).await;
    }
    assert_eq!(house.link("minh", "s-10").await.0, 409, "eight are enough");
}

#[tokio::test]
async fn a_provider_that_is_away_is_said_and_a_browser_is_led_back_to_the_door() {
    let house = House::new().await;
    house.fake.away.store(true, Ordering::Relaxed);
    let away = house.get(BEGIN, &[]).await;
    assert_eq!(
        (away.status().as_u16(), &away.headers()["retry-after"]),
        (503, &"5".parse().unwrap())
    );
    assert_eq!(json(away).await["code"], "provider_away");
    let browser = [("accept", "text/html,application/xhtml+xml")];
    let page = house.get(BEGIN, &browser).await;
    assert_eq!(page.status(), 503);
    assert_eq!(page.headers()["content-type"], "text/html; charset=utf-8");
    let page = axum::body::to_bytes(page.into_body(), 10_000).await.unwrap();
    let page = String::from_utf8(page.to_vec()).unwrap();
    assert!(
        page.contains("url=/?sign_in=away") && page.contains("Chưa đăng nhập được"),
        "{page}"
    );
}

#[tokio::test]
async fn who_begins_again_and_again_waits_and_others_do_not() {
    let house = House::new().await;
    let from = |last: u8| -> axum::http::Request<Body> {
        let mut request = request("GET", BEGIN, &[], None);
        let peer = chassis::tls::Peer {
            address: std::net::SocketAddr::from(([10, 0, 0, last], 4_711)),
            certificates: Default::default(),
        };
        request.extensions_mut().insert(axum::extract::ConnectInfo(peer));
        request
    };
    for _ in 0..access::attempts::MAX_FAILURES {
        assert_eq!(send(&house.api, from(1)).await.status(), 302);
    }
    assert_eq!(send(&house.api, from(1)).await.status(), 429);
    assert_eq!(send(&house.api, from(2)).await.status(), 302);
    house.ground.clock.advance(access::attempts::WINDOW);
    assert_eq!(send(&house.api, from(1)).await.status(), 302);
}
