//! Sign-in at another provider, with keys made here: what is taken, and everything that is not.

use crate::provider::{CLIENT, Fake, ISSUER, Signer, claims, flow, now, parameter, part, set};
use access::oidc::claims::{Expected, check};
use access::oidc::flow::{Back, Begun};
use access::oidc::jose::Keys;
use access::oidc::turned::Turned;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{Ed25519KeyPair, KeyPair};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

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
        claim: "sub",
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

#[test]
fn another_claim_says_who_somebody_is_and_an_address_only_when_it_was_verified() {
    let by = |claim: &'static str| Expected {
        issuer: ISSUER,
        client: CLIENT,
        nonce: "n",
        claim,
    };
    let mut claims = claims("n");
    claims["staff_number"] = json!("0042");
    claims["email"] = json!("an@example.vn");
    assert_eq!(check(&claims, by("staff_number"), now()).unwrap().subject, "0042");
    assert!(check(&claims, by("missing"), now()).is_err());
    for (verified, taken) in [
        (json!(null), false),
        (json!("true"), false),
        (json!(false), false),
        (json!(true), true),
    ] {
        claims["email_verified"] = verified;
        assert_eq!(check(&claims, by("email"), now()).is_ok(), taken, "{claims}");
    }
    claims["sub"] = json!("");
    assert!(
        check(&claims, by("staff_number"), now()).is_err(),
        "a token names its subject"
    );
}

/// What the browser brings back that left with `begun`.
fn back<'a>(begun: &'a Begun, state: &'a str) -> Back<'a> {
    Back {
        state,
        code: "code",
        issuer: None,
        bound: &begun.bound,
    }
}

#[tokio::test]
async fn the_way_there_and_back_counts_once_and_follows_new_keys() {
    let fake = Arc::new(Fake::default());
    let flow = flow("city", &fake);
    let first = Signer::new("2026-1");
    fake.publish(&first);
    let go = async |signer: &Signer| {
        let begun = flow.begin(now()).await.unwrap();
        fake.gives(signer, &claims(&parameter(&begun.address, "nonce")));
        let state = parameter(&begun.address, "state");
        (begun, state)
    };

    let (begun, state) = go(&first).await;
    for (name, value) in [
        ("code_challenge_method", "S256"),
        ("response_type", "code"),
        ("scope", "openid%20profile"),
        (
            "redirect_uri",
            "https%3A%2F%2Fioc.example.vn%2Fapi%2Fv1%2Fsession%2Foidc%2Fcity%2Fback",
        ),
    ] {
        assert_eq!(parameter(&begun.address, name), value);
    }
    let subject = flow.end(back(&begun, &state), now()).await.unwrap();
    assert_eq!(subject.subject, "s-1");
    // the verifier is the one of the challenge, and nobody reads it in the cookie
    let verifier = fake.verifier.lock().unwrap().clone();
    let digest = ring::digest::digest(&ring::digest::SHA256, verifier.as_bytes());
    assert_eq!(
        parameter(&begun.address, "code_challenge"),
        URL_SAFE_NO_PAD.encode(digest)
    );
    assert!(!begun.bound.contains(&verifier) && !begun.bound.contains(&state));
    assert_eq!(
        flow.end(back(&begun, &state), now()).await,
        Err(Turned::Stale),
        "a state counts once"
    );

    // known keys are not fetched again, new ones are, and old ones after an hour
    let (begun, state) = go(&first).await;
    assert!(flow.end(back(&begun, &state), now()).await.is_ok());
    assert_eq!(fake.asked.load(Ordering::Relaxed), 1);
    let second = Signer::new("2026-2");
    fake.publish(&second);
    let (begun, state) = go(&second).await;
    assert!(flow.end(back(&begun, &state), now()).await.is_ok());
    assert_eq!(fake.asked.load(Ordering::Relaxed), 2);
    fake.publish(&Signer::new("2026-3"));
    let hour = now().plus(Duration::from_secs(3_600));
    let begun = flow.begin(hour).await.unwrap();
    fake.gives(&second, &claims(&parameter(&begun.address, "nonce")));
    let state = parameter(&begun.address, "state");
    let late = flow.end(back(&begun, &state), hour).await;
    let withdrawn = Turned::Disbelieved("no published key has this name and algorithm");
    assert_eq!(late, Err(withdrawn), "the provider has withdrawn the key");
}

#[tokio::test]
async fn only_the_browser_that_left_comes_back_in_time_with_its_own_token() {
    let fake = Arc::new(Fake::default());
    let (city, other) = (flow("city", &fake), flow("other", &fake));
    let signer = Signer::new("a");
    fake.publish(&signer);
    let state = |begun: &Begun| parameter(&begun.address, "state");
    let good = |begun: &Begun| fake.gives(&signer, &claims(&parameter(&begun.address, "nonce")));
    let (mine, theirs) = (city.begin(now()).await.unwrap(), city.begin(now()).await.unwrap());
    let elsewhere = other.begin(now()).await.unwrap();
    let forged = Begun {
        address: mine.address.clone(),
        bound: "AAAA".to_owned(),
    };
    let nothing = Begun {
        address: mine.address.clone(),
        bound: String::new(),
    };
    for (what, begun, state) in [
        ("another browser's state", &mine, state(&theirs)),
        ("no state", &mine, String::new()),
        ("a made-up state", &mine, "made up".to_owned()),
        ("no cookie", &nothing, state(&mine)),
        ("a made-up cookie", &forged, state(&mine)),
        ("a cookie of another provider", &elsewhere, state(&elsewhere)),
    ] {
        good(begun);
        assert_eq!(city.end(back(begun, &state), now()).await, Err(Turned::Stale), "{what}");
    }
    for late in [
        now().plus(Duration::from_secs(600)),
        kernel::time::Timestamp::from_seconds(1_799_999_999),
    ] {
        good(&mine);
        let state = state(&mine);
        assert_eq!(city.end(back(&mine, &state), late).await, Err(Turned::Stale), "{late}");
    }
    let there = state(&theirs);
    let evil = Back {
        issuer: Some("https://evil.example"),
        ..back(&theirs, &there)
    };
    assert!(
        matches!(city.end(evil, now()).await, Err(Turned::Disbelieved(_))),
        "a mixed-up issuer"
    );
    // the token of another request, and a code that counts no more
    let (one, two) = (city.begin(now()).await.unwrap(), city.begin(now()).await.unwrap());
    good(&one);
    let there = state(&two);
    let mixed = city.end(back(&two, &there), now()).await;
    assert_eq!(mixed, Err(Turned::Disbelieved("it answers another request")));
    let there = state(&one);
    let replayed = city.end(back(&one, &there), now()).await;
    assert_eq!(
        replayed,
        Err(Turned::Disbelieved("the provider does not take the code"))
    );
    assert!(matches!(
        city.give_up(back(&mine, &state(&mine)), now()),
        Err(Turned::BrokenOff)
    ));
    let there = state(&mine);
    assert_eq!(
        city.end(back(&mine, &there), now()).await,
        Err(Turned::Stale),
        "given up is used up"
    );
}
