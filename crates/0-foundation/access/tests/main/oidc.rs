//! Sign-in at another provider, with keys made here: what is taken, and everything that is not.

use access::oidc::claims::{Expected, check};
use access::oidc::flow::{Flow, Provider, Settings};
use access::oidc::jose::{Keys, Refused};
use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::time::Timestamp;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const ISSUER: &str = "https://id.example.vn";
const CLIENT: &str = "hanoi-ioc";

fn now() -> Timestamp {
    Timestamp::from_seconds(1_800_000_000)
}

fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

/// A provider's key.
struct Signer {
    kid: &'static str,
    pair: EcdsaKeyPair,
}

impl Signer {
    fn new(kid: &'static str) -> Self {
        let random = SystemRandom::new();
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref(), &random).unwrap();
        Self { kid, pair }
    }

    fn jwk(&self) -> Value {
        let point = self.pair.public_key().as_ref();
        let coordinate = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        json!({"kty": "EC", "crv": "P-256", "kid": self.kid, "use": "sig", "alg": "ES256",
            "x": coordinate(&point[1..33]), "y": coordinate(&point[33..])})
    }

    fn sign_as(&self, head: Value, claims: &Value) -> String {
        let signed = format!("{}.{}", part(&head), part(claims));
        let signature = self.pair.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    fn sign(&self, claims: &Value) -> String {
        self.sign_as(json!({"alg": "ES256", "kid": self.kid}), claims)
    }
}

fn set(keys: &[Value]) -> Vec<u8> {
    json!({ "keys": keys }).to_string().into_bytes()
}

fn claims(nonce: &str) -> Value {
    json!({"iss": ISSUER, "aud": CLIENT, "sub": "s-1", "nonce": nonce, "iat": 1_799_999_990, "exp": 1_800_000_300})
}

#[test]
fn a_signature_of_a_published_key_is_taken_and_no_other() {
    let (signer, other) = (Signer::new("a"), Signer::new("a"));
    let keys = Keys::read(&set(&[signer.jwk()])).unwrap();
    let good = signer.sign(&claims("n"));
    assert_eq!(keys.verify(&good).unwrap()["sub"], "s-1");

    let (front, signature) = good.rsplit_once('.').unwrap();
    let (head, payload) = front.split_once('.').unwrap();
    let raised = part(&json!({"iss": ISSUER, "aud": CLIENT, "sub": "admin"}));
    // HMAC over the token with the public key as secret, as libraries that believe `alg` would check it
    let hs_head = part(&json!({"alg": "HS256", "kid": "a"}));
    let hs = format!("{hs_head}.{payload}");
    let secret = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, signer.jwk().to_string().as_bytes());
    let hs = format!(
        "{hs}.{}",
        URL_SAFE_NO_PAD.encode(ring::hmac::sign(&secret, hs.as_bytes()))
    );
    let with = |head: Value| signer.sign_as(head, &claims("n"));
    for (what, token) in [
        ("another key of the same name", other.sign(&claims("n"))),
        ("changed claims", format!("{head}.{raised}.{signature}")),
        ("no signature", format!("{head}.{payload}.")),
        ("none", format!("{}.{payload}.", part(&json!({"alg": "none"})))),
        (
            "None",
            format!("{}.{payload}.{signature}", part(&json!({"alg": "nOnE", "kid": "a"}))),
        ),
        ("HS256 with the public key", hs),
        ("an RSA name for an EC key", with(json!({"alg": "RS256", "kid": "a"}))),
        (
            "kid as a path",
            with(json!({"alg": "ES256", "kid": "../../../../dev/null"})),
        ),
        ("kid as SQL", with(json!({"alg": "ES256", "kid": "a' OR '1'='1"}))),
        (
            "a key of its own",
            with(json!({"alg": "ES256", "kid": "a", "jwk": other.jwk()})),
        ),
        (
            "keys from elsewhere",
            with(json!({"alg": "ES256", "kid": "a", "jku": "https://evil.example"})),
        ),
        (
            "a chain of its own",
            with(json!({"alg": "ES256", "kid": "a", "x5c": ["AAAA"]})),
        ),
        (
            "an unknown extension",
            with(json!({"alg": "ES256", "kid": "a", "crit": ["x"]})),
        ),
        ("four parts", format!("{good}.AAAA")),
        ("two parts", front.to_owned()),
        ("nothing", String::new()),
        ("too long", format!("{good}{}", "A".repeat(20_000))),
    ] {
        assert!(keys.verify(&token).is_err(), "{what}");
    }
}

#[test]
fn without_a_name_only_a_single_fitting_key_is_taken() {
    let (a, b) = (Signer::new("a"), Signer::new("b"));
    let token = a.sign_as(json!({"alg": "ES256"}), &claims("n"));
    assert!(Keys::read(&set(&[a.jwk()])).unwrap().verify(&token).is_ok());
    assert!(Keys::read(&set(&[a.jwk(), b.jwk()])).unwrap().verify(&token).is_err());
    assert!(Keys::read(b"{}").is_err());
}

#[test]
fn ed25519_and_the_rsa_example_of_the_standard_are_taken() {
    let document = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
    let pair = Ed25519KeyPair::from_pkcs8(document.as_ref()).unwrap();
    let signed = format!("{}.{}", part(&json!({"alg": "EdDSA"})), part(&claims("n")));
    let token = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(pair.sign(signed.as_bytes())));
    let key = json!({"kty": "OKP", "crv": "Ed25519", "x": URL_SAFE_NO_PAD.encode(pair.public_key())});
    assert!(Keys::read(&set(&[key])).unwrap().verify(&token).is_ok());

    // RFC 7515 appendix A.2
    let key = json!({"kty": "RSA", "e": "AQAB", "n": concat!(
        "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yR",
        "T-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXB",
        "dQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9ia",
        "GNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ")});
    let token = concat!(
        "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290",
        "Ijp0cnVlfQ.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5",
        "jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZ",
        "RmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt",
        "5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"
    );
    let keys = Keys::read(&set(&[key])).unwrap();
    assert_eq!(keys.verify(token).unwrap()["iss"], "joe");
}

#[test]
fn what_a_token_says_has_to_be_for_us_now_and_for_this_request() {
    let expected = Expected {
        issuer: ISSUER,
        client: CLIENT,
        nonce: "n",
    };
    let good = claims("n");
    let subject = check(&good, expected, now()).unwrap();
    assert_eq!((subject.subject.as_str(), subject.strong), ("s-1", false));
    for (what, name, value, taken) in [
        ("another issuer", "iss", json!("https://evil.example"), false),
        ("the issuer with a slash", "iss", json!(format!("{ISSUER}/")), false),
        ("another client", "aud", json!("other"), false),
        ("no client", "aud", json!(7), false),
        (
            "several clients without a party",
            "aud",
            json!([CLIENT, "other"]),
            false,
        ),
        ("one client as a list", "aud", json!([CLIENT]), true),
        ("another party", "azp", json!("other"), false),
        ("another request", "nonce", json!("m"), false),
        ("no request", "nonce", json!(null), false),
        ("expired", "exp", json!(1_799_999_000), false),
        ("expired within the skew", "exp", json!(1_799_999_950), true),
        ("no end", "exp", json!(null), false),
        ("an end in words", "exp", json!("tomorrow"), false),
        ("from the future", "iat", json!(1_800_000_100), false),
        ("old", "iat", json!(1_799_999_000), false),
        ("not yet", "nbf", json!(1_800_000_200), false),
        ("nobody", "sub", json!(""), false),
        ("strong", "amr", json!(["pwd", "otp"]), true),
    ] {
        let mut claims = good.clone();
        claims[name] = value;
        assert_eq!(check(&claims, expected, now()).is_ok(), taken, "{what}");
    }
    let strong = json!({"amr": ["mfa"]});
    let mut claims = good.clone();
    claims["amr"] = strong["amr"].clone();
    assert!(check(&claims, expected, now()).unwrap().strong);
}

/// A provider that signs with its present key and gives a token for each code.
#[derive(Debug, Default)]
struct Fake {
    keys: Mutex<Vec<u8>>,
    tokens: Mutex<HashMap<String, String>>,
    asked: AtomicUsize,
    verifier: Mutex<String>,
}

#[async_trait]
impl Provider for Fake {
    async fn keys(&self) -> Result<Vec<u8>, Refused> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        Ok(self.keys.lock().unwrap().clone())
    }

    async fn token(&self, code: &str, verifier: &str, _: &str) -> Result<String, Refused> {
        *self.verifier.lock().unwrap() = verifier.to_owned();
        self.tokens.lock().unwrap().remove(code).ok_or(Refused("no such code"))
    }
}

fn parameter(address: &str, name: &str) -> String {
    let query = address.split_once('?').unwrap().1;
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(known, _)| *known == name).unwrap().1.to_owned()
}

#[tokio::test]
async fn the_way_there_and_back_counts_once_and_follows_new_keys() {
    let fake = Arc::new(Fake::default());
    let settings = Settings {
        issuer: ISSUER.into(),
        client: CLIENT.into(),
        authorization: format!("{ISSUER}/auth"),
        back: "https://ioc.example.vn/api/v1/session/oidc/back".into(),
    };
    let flow = Flow::new(settings, Arc::clone(&fake) as Arc<dyn Provider>);
    let first = Signer::new("2026-1");
    *fake.keys.lock().unwrap() = set(&[first.jwk()]);
    let go = |signer: &Signer| {
        let begun = flow.begin(now());
        let token = signer.sign(&claims(&parameter(&begun.address, "nonce")));
        fake.tokens.lock().unwrap().insert("code".into(), token);
        begun
    };

    let begun = go(&first);
    assert!(
        begun.address.contains("code_challenge_method=S256"),
        "{}",
        begun.address
    );
    assert_eq!(
        parameter(&begun.address, "redirect_uri"),
        "https%3A%2F%2Fioc.example.vn%2Fapi%2Fv1%2Fsession%2Foidc%2Fback"
    );
    let subject = flow.end(&begun.state, &begun.state, "code", now()).await.unwrap();
    assert_eq!(subject.subject, "s-1");
    // the verifier is the one of the challenge
    let verifier = fake.verifier.lock().unwrap().clone();
    let digest = ring::digest::digest(&ring::digest::SHA256, verifier.as_bytes());
    assert_eq!(
        parameter(&begun.address, "code_challenge"),
        URL_SAFE_NO_PAD.encode(digest)
    );
    assert!(
        flow.end(&begun.state, &begun.state, "code", now()).await.is_err(),
        "a state counts once"
    );

    // known keys are not fetched again, new ones are
    let begun = go(&first);
    assert!(flow.end(&begun.state, &begun.state, "code", now()).await.is_ok());
    assert_eq!(fake.asked.load(Ordering::Relaxed), 1);
    let second = Signer::new("2026-2");
    *fake.keys.lock().unwrap() = set(&[second.jwk()]);
    let begun = go(&second);
    assert!(flow.end(&begun.state, &begun.state, "code", now()).await.is_ok());
    assert_eq!(fake.asked.load(Ordering::Relaxed), 2);

    let begun = go(&second);
    assert!(flow.end(&begun.state, "another browser", "code", now()).await.is_err());
    let begun = go(&second);
    let late = now().plus(Duration::from_secs(601));
    assert!(flow.end(&begun.state, &begun.state, "code", late).await.is_err());
    let begun = go(&second);
    let other = flow.begin(now());
    assert!(
        flow.end(&other.state, &other.state, "code", now()).await.is_err(),
        "a token of another request"
    );
    drop(begun);
    assert!(flow.end("made up", "made up", "code", now()).await.is_err());
}
