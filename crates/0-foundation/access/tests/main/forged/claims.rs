//! Tokens that the provider did sign, for another house, client, time or request, and ones that were changed behind its back.

use super::Forged;
use super::keys::Published;
use crate::provider::{CLIENT, ISSUER, part};
use serde_json::{Value, json};

pub(super) fn forged(keys: &Published, claims: &Value) -> Forged {
    let mut all = Vec::new();
    for (name, values) in wrong(claims["iat"].as_i64().unwrap()) {
        for value in values {
            let mut claims = claims.clone();
            claims[name] = value.clone();
            all.push((format!("claims: {name} {value:.40}"), keys.provider.sign(&claims)));
            if let Some(claims) = claims.as_object_mut() {
                claims.remove(name);
            }
            if name != "nbf" && name != "azp" {
                all.push((format!("claims: no {name}"), keys.provider.sign(&claims)));
            }
        }
    }
    all.sort();
    all.dedup_by(|one, other| one.0 == other.0);
    for (what, claims) in [
        ("a list", json!([claims])),
        ("a text", json!("s-1")),
        ("nothing", json!({})),
        ("null", json!(null)),
    ] {
        all.push((format!("claims: {what}"), keys.provider.sign(&claims)));
    }
    all.extend(changed(keys, claims));
    all
}

/// What each claim may not say.
fn wrong(now: i64) -> [(&'static str, Vec<Value>); 8] {
    let (slash, upper) = (format!("{ISSUER}/"), ISSUER.to_uppercase());
    let issuers = [
        "",
        "null",
        "https://evil.example",
        &slash,
        &upper,
        "https://id.example.vn.evil.example",
        "id.example.vn",
    ];
    let mut issuers: Vec<Value> = issuers.iter().map(|text| json!(text)).collect();
    issuers.extend([json!([ISSUER]), json!({"iss": ISSUER}), json!(null)]);
    let audiences = vec![
        json!("other"),
        json!(""),
        json!(null),
        json!(7),
        json!([]),
        json!([[CLIENT]]),
        json!({CLIENT: true}),
        json!([CLIENT, "other"]),
        json!("hanoi-ioc other"),
        json!("HANOI-IOC"),
        json!("https://ioc.example.vn"),
    ];
    let ends = vec![
        json!(now - 60),
        json!(now - 86_400),
        json!(0),
        json!(-1),
        json!(i64::MIN),
        json!(null),
        json!((now + 300).to_string()),
        json!("tomorrow"),
        json!(1e300),
        json!(u64::MAX),
        json!([now + 300]),
    ];
    let begins = vec![
        json!(now + 61),
        json!(now - 601),
        json!(0),
        json!(i64::MAX),
        json!(i64::MIN),
        json!(null),
        json!(now.to_string()),
    ];
    [
        ("iss", issuers),
        ("aud", audiences),
        ("exp", ends),
        ("iat", begins),
        (
            "nbf",
            vec![json!(now + 61), json!(i64::MAX), json!("tomorrow"), json!(1e300)],
        ),
        ("azp", vec![json!("other"), json!(""), json!(7), json!([CLIENT])]),
        (
            "nonce",
            vec![
                json!(""),
                json!("other"),
                json!(null),
                json!(7),
                json!([]),
                json!({"a": 1}),
            ],
        ),
        (
            "sub",
            vec![
                json!(""),
                json!("s-2"),
                json!("S-1"),
                json!("s-1 "),
                json!("s-1\0"),
                json!("admin"),
                json!("truc-ban"),
                json!("nina"),
                json!(1),
                json!(["s-1"]),
                json!(null),
            ],
        ),
    ]
}

/// Another payload under the signature of the good one.
fn changed(keys: &Published, claims: &Value) -> Forged {
    let good = keys.es256(claims);
    let (front, signature) = good.rsplit_once('.').unwrap();
    let (head, _) = front.split_once('.').unwrap();
    let changes = [
        ("sub", json!("truc-ban")),
        ("amr", json!(["mfa"])),
        ("exp", json!(i64::MAX)),
        ("role", json!("administrator")),
        ("aud", json!([CLIENT])),
    ];
    let one = |(name, value): (&str, Value)| {
        let mut claims = claims.clone();
        claims[name] = value;
        (
            format!("changed: {name}"),
            format!("{head}.{}.{signature}", part(&claims)),
        )
    };
    changes.into_iter().map(one).collect()
}
