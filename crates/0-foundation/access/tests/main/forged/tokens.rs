//! Tokens whose signature, algorithm, key or form is forged. Each says what a good one would say.

use super::Forged;
use super::keys::{HMACS, Published, hmac_signed};
use crate::provider::{ISSUER, part};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::hmac::HMAC_SHA256;
use serde_json::{Value, json};

/// All of them, by kind.
pub(super) const TRICKS: [fn(&Published, &Value) -> Forged; 7] =
    [none, unsigned, confused, weak, names, carried, forms];

/// "none" in all spellings, with a signature and without (CVE-2015-9235).
fn none(keys: &Published, claims: &Value) -> Forged {
    let good = keys.es256(claims);
    let signature = good.rsplit('.').next().unwrap();
    let cases = (0..16_u32).map(|upper| {
        let sign = |(at, sign): (usize, char)| {
            if upper >> at & 1 == 1 {
                sign.to_ascii_uppercase()
            } else {
                sign
            }
        };
        json!("none".chars().enumerate().map(sign).collect::<String>())
    });
    let odd = [
        json!(""),
        json!(null),
        json!(true),
        json!(0),
        json!([]),
        json!(["ES256"]),
        json!({"alg": "none"}),
        json!(" none"),
        json!("none "),
        json!("none\0"),
        json!("ES256\0"),
        json!("es256"),
        json!("ES256 "),
        json!("ES384"),
        json!("ES512"),
        json!("ES256K"),
        json!("RSA1_5"),
        json!("dir"),
        json!("A128KW"),
    ];
    let mut all = Vec::new();
    for alg in cases.chain(odd) {
        for (with, end) in [("", ""), (", signed", signature)] {
            let head = part(&json!({"alg": alg, "kid": "a", "typ": "JWT"}));
            all.push((format!("none: {alg}{with}"), format!("{head}.{}.{end}", part(claims))));
        }
    }
    for head in [
        r#"{"alg":"none","alg":"ES256","kid":"a"}"#,
        r#"{"alg":"ES256","alg":"none","kid":"a"}"#,
        r#"{"kid":"a"}"#,
        "{}",
        "null",
        "[]",
    ] {
        let text = format!("{}.{}.{signature}", URL_SAFE_NO_PAD.encode(head), part(claims));
        all.push((format!("none: head {head}"), text));
    }
    all
}

/// Signatures that are empty or made of nothing, of which some libraries think that they fit (CVE-2020-28042, CVE-2022-21449).
fn unsigned(keys: &Published, claims: &Value) -> Forged {
    let order = b"\xff\xff\xff\xff\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff\xbc\xe6\xfa\xad\xa7\x17\x9e\x84\xf3\xb9\xca\xc2\xfc\x63\x25\x51";
    let mut one = [0; 64];
    (one[31], one[63]) = (1, 1);
    let good = keys.es256(claims);
    let good = URL_SAFE_NO_PAD.decode(good.rsplit('.').next().unwrap()).unwrap();
    let signatures: [(&str, Vec<u8>); 11] = [
        ("empty", Vec::new()),
        ("one zero", vec![0]),
        ("zeros", vec![0; 64]),
        ("ones", one.to_vec()),
        ("the order twice", [&order[..], order].concat()),
        ("all bits", vec![0xff; 64]),
        ("zeros as DER", b"\x30\x06\x02\x01\0\x02\x01\0".to_vec()),
        ("256 zeros", vec![0; 256]),
        ("one in 256", [vec![0; 255], vec![1]].concat()),
        ("half", good[..32].to_vec()),
        ("of another text", good),
    ];
    let mut all = Vec::new();
    for (alg, kid) in [("ES256", "a"), ("RS256", "r"), ("PS256", "r"), ("EdDSA", "e")] {
        for (name, signature) in &signatures {
            let signed = format!(
                "{}.{}",
                part(&json!({"alg": alg, "kid": kid, "typ": "x"})),
                part(claims)
            );
            all.push((
                format!("null signature: {alg}, {name}"),
                format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)),
            ));
        }
    }
    all
}

/// A public key as the secret of an HMAC (CVE-2016-10555), and one kind of key under the name of another.
fn confused(keys: &Published, claims: &Value) -> Forged {
    let mut all = Vec::new();
    for (name, secret) in keys.as_secrets() {
        for (alg, by) in HMACS {
            for kid in [json!("a"), json!("r"), json!(null)] {
                let head = json!({"alg": alg, "kid": kid});
                all.push((
                    format!("HS for RS: {alg}, {name}, {kid}"),
                    hmac_signed(by, &head, claims, &secret),
                ));
            }
        }
    }
    for (alg, kid) in [
        ("RS256", "a"),
        ("PS256", "a"),
        ("EdDSA", "a"),
        ("ES256", "r"),
        ("ES256", "e"),
        ("HS256", "a"),
        ("ES384", "a"),
    ] {
        let token = keys.provider.sign_as(json!({"alg": alg, "kid": kid}), claims);
        all.push((format!("another key: the provider's own as {alg} of {kid}"), token));
    }
    all
}

/// Secrets that stand in every list.
fn weak(_: &Published, claims: &Value) -> Forged {
    let secrets = [
        "",
        "\0",
        "secret",
        "password",
        "changeme",
        "123456",
        "key",
        "jwt",
        "hanoi-ioc",
        "your-256-bit-secret",
        ISSUER,
    ];
    let tokens = secrets.iter().flat_map(|secret| {
        HMACS.iter().map(move |(alg, by)| {
            let head = json!({"alg": alg, "typ": "JWT"});
            (
                format!("weak secret: {alg}, {secret:?}"),
                hmac_signed(*by, &head, claims, secret.as_bytes()),
            )
        })
    });
    tokens.collect()
}

/// Names of keys that lead into the file system, a table, a shell or another house.
fn names(keys: &Published, claims: &Value) -> Forged {
    let kids = [
        json!("../../../../../../dev/null"),
        json!("/dev/null"),
        json!("file:///dev/null"),
        json!("/proc/sys/kernel/randomize_va_space"),
        json!("..\\..\\windows\\win.ini"),
        json!("a/../a"),
        json!("a\0"),
        json!("a%00"),
        json!("A"),
        json!("a "),
        json!("a' OR '1'='1"),
        json!("a' UNION SELECT 'key';--"),
        json!("a;sleep 5"),
        json!("|whoami"),
        json!("$(id)"),
        json!("https://evil.example/key"),
        json!(""),
        json!(0),
        json!(["a"]),
        json!({"kid": "a"}),
    ];
    let mut all = vec![(
        "kid: another key of the same name".to_owned(),
        keys.stranger.sign(claims),
    )];
    for kid in &kids {
        let head = |alg: &str| json!({"alg": alg, "kid": kid});
        all.push((
            format!("kid: {kid}, a stranger's key"),
            keys.stranger.sign_as(head("ES256"), claims),
        ));
        for secret in ["", "0\n", "2\n", "key"] {
            let token = hmac_signed(HMAC_SHA256, &head("HS256"), claims, secret.as_bytes());
            all.push((format!("kid: {kid}, secret {secret:?}"), token));
        }
    }
    all.push((
        "kid: none, a stranger's key".to_owned(),
        keys.stranger.sign_as(json!({"alg": "ES256"}), claims),
    ));
    all
}

/// Heads that bring a key, an address of keys or an extension (CVE-2018-0114); signed by whoever would be believed then.
fn carried(keys: &Published, claims: &Value) -> Forged {
    let (jwk, evil) = (keys.stranger.jwk(), "https://evil.example/keys");
    let inside = [
        ("jwk", jwk.clone()),
        ("jwk", json!({"kty": "oct", "k": "AAAA"})),
        ("jwk", json!(null)),
        ("jku", json!(evil)),
        ("jku", json!(format!("{ISSUER}@evil.example/keys"))),
        ("jku", json!(format!("{ISSUER}/out?to={evil}"))),
        ("jku", json!("file:///etc/hostname")),
        ("jku", json!("http://127.0.0.1:22/")),
        ("x5u", json!(evil)),
        ("x5u", json!("http://169.254.169.254/latest/meta-data")),
        ("x5c", json!(["MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A"])),
        ("x5t", json!("AAAAAAAAAAAAAAAAAAAAAAAAAAA")),
        ("x5t#S256", json!("AAAA")),
        ("keys", json!([jwk])),
        ("crit", json!(["exp"])),
        ("crit", json!([])),
        ("b64", json!(false)),
    ];
    let mut all = Vec::new();
    for (name, value) in &inside {
        for kid in ["a", "evil"] {
            let mut head = json!({"alg": "ES256", "kid": kid});
            head[*name] = value.clone();
            let what = format!("carried: {name} {value:.40}, {kid}");
            all.push((what.clone(), keys.stranger.sign_as(head.clone(), claims)));
            head["alg"] = json!("HS256");
            all.push((
                format!("{what}, HS256"),
                hmac_signed(HMAC_SHA256, &head, claims, &[0, 0, 0]),
            ));
        }
    }
    // even the provider itself may not send us elsewhere for its keys
    for name in ["jwk", "jku", "x5u", "x5c", "crit"] {
        let mut head = json!({"alg": "ES256", "kid": "a"});
        head[name] = json!(["x"]);
        all.push((
            format!("carried: {name} by the provider"),
            keys.provider.sign_as(head, claims),
        ));
    }
    all
}

/// What is no token of three parts, or another spelling of a good one.
fn forms(keys: &Published, claims: &Value) -> Forged {
    let good = keys.es256(claims);
    let (front, signature) = good.rsplit_once('.').unwrap();
    let (head, payload) = front.split_once('.').unwrap();
    // the last letter has bits that belong to no byte
    let last = signature.chars().last().unwrap();
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let at = alphabet.find(last).unwrap();
    let respelt = format!(
        "{front}.{}{}",
        &signature[..signature.len() - 1],
        &alphabet[at + 1..at + 2]
    );
    let general = json!({"payload": payload, "signatures": [{"protected": head, "signature": signature}]});
    let texts = [
        ("nothing", String::new()),
        ("dots", "..".to_owned()),
        ("one part", head.to_owned()),
        ("two parts", front.to_owned()),
        ("four parts", format!("{good}.AAAA")),
        ("five parts", format!("{head}..{payload}.{signature}.AAAA")),
        ("an empty part in front", format!(".{good}")),
        ("a dot behind", format!("{good}.")),
        ("JSON", general.to_string()),
        (
            "flat JSON",
            json!({"payload": payload, "protected": head, "signature": signature}).to_string(),
        ),
        ("padded", format!("{good}==")),
        ("bits of no byte", respelt),
        ("other letters", format!("{front}.{}", STANDARD.encode([0xfb; 64]))),
        ("a space in front", format!(" {good}")),
        ("a line end behind", format!("{good}\n")),
        ("with its scheme", format!("Bearer {good}")),
        ("a null behind", format!("{good}\0")),
        (
            "head and payload changed places",
            format!("{payload}.{head}.{signature}"),
        ),
        ("nested", keys.provider.sign(&json!(good))),
        (
            "encrypted",
            format!("{}.AAAA.AAAA.AAAA.AAAA", part(&json!({"alg": "dir", "enc": "A128GCM"}))),
        ),
        ("too long", format!("{good}{}", "A".repeat(20_000))),
        (
            "a head too long",
            keys.provider
                .sign_as(json!({"alg": "ES256", "kid": "a", "x": "A".repeat(20_000)}), claims),
        ),
    ];
    texts.map(|(name, text)| (format!("form: {name}"), text)).to_vec()
}
