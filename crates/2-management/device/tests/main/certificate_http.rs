//! Certificates over HTTP: the routes of people, the routes of devices (EST), and what is public.

use crate::certificates::{der, from};
use crate::ground::{Ground, administrator, gauge, of_areas};
use crate::http::api;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::Request;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chassis::tls::PeerCertificates;
use device::http::est::{EstState, mount, mount_open};
use rcgen::{CertificateParams, DistinguishedName, KeyPair};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tower::ServiceExt;
use x509_parser::parse_x509_crl;

const PEM: &str = "application/pem-certificate-chain";
const FIRST: &str = "/.well-known/est/simpleenroll";
const NEXT: &str = "/.well-known/est/simplereenroll";

struct Answer {
    status: u16,
    kind: String,
    asks: Option<String>,
    body: Vec<u8>,
}

fn est(ground: &Ground) -> Router {
    let state = EstState {
        certificates: ground.certificates.clone(),
        gatekeeper: Arc::new(ground.gate.clone()),
    };
    mount(state)
        .split_for_parts()
        .0
        .merge(mount_open(ground.certificates.clone()))
}

async fn ask(router: &Router, mut request: Request<Body>, shown: Option<Vec<u8>>) -> Answer {
    request.extensions_mut().insert(ConnectInfo(from()));
    if let Some(shown) = shown {
        request.extensions_mut().insert(PeerCertificates(Arc::new(vec![shown])));
    }
    let response = router.clone().oneshot(request).await.unwrap();
    let header = |name: &str| {
        let value = response.headers().get(name);
        value.map(|value| value.to_str().unwrap().to_owned())
    };
    let (kind, asks) = (header("content-type").unwrap_or_default(), header("www-authenticate"));
    Answer {
        status: response.status().as_u16(),
        kind,
        asks,
        body: to_bytes(response.into_body(), 1 << 20).await.unwrap().to_vec(),
    }
}

fn asking(key: &KeyPair) -> String {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    STANDARD.encode(params.serialize_request(key).unwrap().der())
}

fn basic(device: &str, code: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{device}:{code}")))
}

#[tokio::test]
async fn a_device_enrols_and_renews_as_rfc_7030_says() {
    let ground = Ground::with([gauge("gauge-001", &[])]).await;
    let (people, router) = (api(&ground), est(&ground));
    let invite = json!({ "hours": 2 });
    let (status, invited) = people
        .ask(
            administrator(),
            "POST",
            "/api/v1/devices/gauge-001/enrolment",
            Some(invite),
        )
        .await;
    assert_eq!(status, 201, "{invited}");
    let credential = basic("gauge-001", invited["code"].as_str().unwrap());
    let post = |path: &str| Request::post(path).header("content-type", "application/pkcs10");
    let first = post(FIRST)
        .header("authorization", &credential)
        .header("accept", PEM)
        .body(Body::from(asking(&KeyPair::generate().unwrap())))
        .unwrap();
    let given = ask(&router, first, None).await;
    assert_eq!((given.status, given.kind.as_str()), (200, PEM));
    let present = der(&String::from_utf8(given.body).unwrap());

    // the next one, as PKCS #7 in base64
    let next = post(NEXT)
        .body(Body::from(asking(&KeyPair::generate().unwrap())))
        .unwrap();
    let given = ask(&router, next, Some(present.clone())).await;
    assert_eq!(
        (given.status, given.kind.as_str()),
        (200, "application/pkcs7-mime; smime-type=certs-only")
    );
    let text: String = String::from_utf8(given.body).unwrap().split_whitespace().collect();
    let packed = STANDARD.decode(text).unwrap();
    let (_, held) = people
        .ask(administrator(), "GET", "/api/v1/devices/gauge-001/certificates", None)
        .await;
    let renewed = held["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|item| item["origin"] == "renewed");
    let renewed = renewed.unwrap();
    let known = ground
        .devices
        .registry()
        .certificates()
        .find(renewed["id"].as_str().unwrap());
    let inside = STANDARD.decode(&known.unwrap().der).unwrap();
    assert!(
        packed.windows(inside.len()).any(|window| window == inside),
        "it is in the answer"
    );

    let (status, one) = people
        .ask(administrator(), "GET", "/api/v1/devices/gauge-001", None)
        .await;
    assert_eq!((status, &one["certificate"]["standing"]), (200, &json!("good")));
    let revoke = json!({ "reason": "key_compromise" });
    let path = "/api/v1/devices/gauge-001/certificates/revoke";
    let (status, revoked) = people.ask(administrator(), "POST", path, Some(revoke)).await;
    assert_eq!((status, revoked["items"].as_array().unwrap().len()), (200, 2));
    let next = post(NEXT)
        .body(Body::from(asking(&KeyPair::generate().unwrap())))
        .unwrap();
    let refused = ask(&router, next, Some(present)).await;
    assert_eq!(refused.status, 401);
}

#[tokio::test]
async fn who_shows_nothing_that_fits_is_told_what_to_show() {
    let ground = Ground::with([gauge("gauge-001", &[])]).await;
    let router = est(&ground);
    let invited = ground
        .certificates
        .invite(&administrator(), "gauge-001", 1)
        .await
        .unwrap()
        .0;
    let (request, long) = (asking(&KeyPair::generate().unwrap()), "M".repeat(20_000));
    let request = request.as_str();
    for (path, credential, body, status, code) in [
        (FIRST, None, request, 401, "credential_missing"),
        (FIRST, Some("Bearer abc".to_owned()), request, 401, "credential_missing"),
        (FIRST, Some("Basic ???".to_owned()), request, 401, "credential_missing"),
        (
            FIRST,
            Some(basic("gauge-001", "wrong")),
            request,
            401,
            "enrolment_code_invalid",
        ),
        (
            FIRST,
            Some(basic("gauge-001", &invited)),
            "nonsense",
            422,
            "invalid_value",
        ),
        (
            FIRST,
            Some(basic("gauge-001", &invited)),
            long.as_str(),
            422,
            "invalid_value",
        ),
        (
            NEXT,
            Some(basic("gauge-001", &invited)),
            request,
            401,
            "credential_missing",
        ),
    ] {
        let mut asked = Request::post(path).header("content-type", "application/pkcs10");
        if let Some(credential) = &credential {
            asked = asked.header("authorization", credential);
        }
        let answer = ask(&router, asked.body(Body::from(body.to_owned())).unwrap(), None).await;
        let problem: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!((answer.status, &problem["code"]), (status, &json!(code)), "{problem}");
        let asks = answer.asks.is_some_and(|asks| asks.starts_with("Basic"));
        assert_eq!(asks, status == 401, "{path}");
    }
}

#[tokio::test]
async fn what_is_public_is_there_for_standard_tools() {
    let ground = Ground::with([gauge("gauge-001", &[])]).await;
    let router = est(&ground);
    let get = |path: &str| Request::get(path).body(Body::empty()).unwrap();
    let chain = ask(&router, get("/pki/ca.crt"), None).await;
    let authority = der(&String::from_utf8(chain.body).unwrap());
    assert_eq!(authority, ground.certificates.authority().chain()[0]);
    let list = ask(&router, get("/pki/ca.crl"), None).await;
    assert_eq!((list.status, list.kind.as_str()), (200, "application/pkix-crl"));
    parse_x509_crl(&list.body).unwrap();
    let packed = ask(&router, get("/.well-known/est/cacerts"), None).await;
    let text: String = String::from_utf8(packed.body).unwrap().split_whitespace().collect();
    let packed = STANDARD.decode(text).unwrap();
    assert!(packed.windows(authority.len()).any(|window| window == authority));
}

#[tokio::test]
async fn lists_are_narrowed_to_what_ends_soon() {
    let areas = ["00070"];
    let ground = Ground::with((0..4).map(|number| gauge(&format!("gauge-{number:03}"), &areas))).await;
    let boss = administrator();
    for (device, days) in [("gauge-000", 30), ("gauge-001", 30), ("gauge-002", 90)] {
        ground.certificates.issue(&boss, device, Some(days)).await.unwrap();
    }
    ground.clock.advance(Duration::from_secs(25 * 86_400));
    let people = api(&ground);
    for (asked, expected) in [
        ("ending", &["gauge-000", "gauge-001"][..]),
        ("good", &["gauge-002"]),
        ("revoked", &[]),
    ] {
        let path = format!("/api/v1/devices?certificate={asked}");
        let (status, page) = people.ask(of_areas(&areas), "GET", &path, None).await;
        assert_eq!(status, 200, "{page}");
        let found: Vec<_> = page["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["id"].as_str().unwrap())
            .collect();
        assert_eq!(found, expected, "{asked}");
    }
    let (status, _) = people.ask(boss, "GET", "/api/v1/devices?certificate=soon", None).await;
    assert_eq!(status, 422);
}
