//! What a provider publishes, and everything that a forger makes of it: public keys in every spelling, as secrets.

use crate::provider::{Signer, part};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::hmac::{self, Algorithm, HMAC_SHA256, HMAC_SHA384, HMAC_SHA512};
use ring::rand::SystemRandom;
use ring::signature::{Ed25519KeyPair, KeyPair};
use serde_json::{Value, json};

/// Modulus of the RSA key in RFC 7515 appendix A.2; nobody here has its other half.
const MODULUS: &str = concat!(
    "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yR",
    "T-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXB",
    "dQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9ia",
    "GNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"
);

/// A provider with a key of each kind, and a stranger with one of the same name.
pub(super) struct Published {
    pub(super) provider: Signer,
    pub(super) stranger: Signer,
    edwards: Ed25519KeyPair,
}

impl Published {
    pub(super) fn new() -> Self {
        let document = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
        Self {
            provider: Signer::new("a"),
            stranger: Signer::new("a"),
            edwards: Ed25519KeyPair::from_pkcs8(document.as_ref()).unwrap(),
        }
    }

    fn jwks(&self) -> [Value; 3] {
        let x = URL_SAFE_NO_PAD.encode(self.edwards.public_key());
        [
            self.provider.jwk(),
            json!({"kty": "RSA", "kid": "r", "use": "sig", "n": MODULUS, "e": "AQAB"}),
            json!({"kty": "OKP", "crv": "Ed25519", "kid": "e", "x": x}),
        ]
    }

    pub(super) fn set(&self) -> Vec<u8> {
        crate::provider::set(&self.jwks())
    }

    pub(super) fn es256(&self, claims: &Value) -> String {
        self.provider.sign(claims)
    }

    pub(super) fn eddsa(&self, claims: &Value) -> String {
        let signed = format!("{}.{}", part(&json!({"alg": "EdDSA", "kid": "e"})), part(claims));
        format!(
            "{signed}.{}",
            URL_SAFE_NO_PAD.encode(self.edwards.sign(signed.as_bytes()))
        )
    }

    /// The published keys as bytes in every spelling that a library may have at hand when it believes a token's `HS256`.
    pub(super) fn as_secrets(&self) -> Vec<(String, Vec<u8>)> {
        let modulus = URL_SAFE_NO_PAD.decode(MODULUS).unwrap();
        let mut positive = vec![0];
        positive.extend(&modulus);
        let pkcs1 = der(0x30, &[der(2, &positive), der(2, &[1, 0, 1])].concat());
        let algorithm = der(
            0x30,
            &[der(6, b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01"), der(5, &[])].concat(),
        );
        let spki = der(0x30, &[algorithm, der(3, &[&[0][..], &pkcs1].concat())].concat());
        let jwk = self.provider.jwk();
        let half = |name: &str| URL_SAFE_NO_PAD.decode(jwk[name].as_str().unwrap()).unwrap();
        let point = [vec![4], half("x"), half("y")].concat();
        let curve = [
            der(6, b"\x2a\x86\x48\xce\x3d\x02\x01"),
            der(6, b"\x2a\x86\x48\xce\x3d\x03\x01\x07"),
        ]
        .concat();
        let ec = der(
            0x30,
            &[der(0x30, &curve), der(3, &[&[0][..], &point].concat())].concat(),
        );
        let edwards = self.edwards.public_key().as_ref().to_vec();
        let mut all = vec![
            ("RSA modulus".to_owned(), modulus),
            ("RSA modulus as text".to_owned(), MODULUS.as_bytes().to_vec()),
            ("EC point".to_owned(), point),
            ("Ed25519 point".to_owned(), edwards),
            ("key set".to_owned(), self.set()),
        ];
        all.extend(
            self.jwks()
                .map(|jwk| (format!("JWK {}", jwk["kid"]), jwk.to_string().into_bytes())),
        );
        for (name, label, der) in [
            ("RSA SPKI", "PUBLIC KEY", spki),
            ("RSA PKCS1", "RSA PUBLIC KEY", pkcs1),
            ("EC SPKI", "PUBLIC KEY", ec),
        ] {
            let pem = pem(label, &der);
            all.push((
                format!("{name} PEM without its last line end"),
                pem.trim_end().as_bytes().to_vec(),
            ));
            all.push((format!("{name} PEM with CRLF"), pem.replace('\n', "\r\n").into_bytes()));
            all.push((format!("{name} PEM"), pem.into_bytes()));
            all.push((format!("{name} DER"), der));
        }
        all
    }
}

fn der(tag: u8, inside: &[u8]) -> Vec<u8> {
    let length = inside.len();
    let mut bytes = vec![tag];
    match u8::try_from(length) {
        Ok(short) if short < 128 => bytes.push(short),
        Ok(byte) => bytes.extend([0x81, byte]),
        Err(_) => bytes.extend([0x82, (length >> 8) as u8, length as u8]),
    }
    bytes.extend(inside);
    bytes
}

fn pem(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<&str> = (0..text.len())
        .step_by(64)
        .map(|at| &text[at..text.len().min(at + 64)])
        .collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

/// The names of HMAC that a token may wear.
pub(super) const HMACS: [(&str, Algorithm); 3] =
    [("HS256", HMAC_SHA256), ("HS384", HMAC_SHA384), ("HS512", HMAC_SHA512)];

/// A token under HMAC with this secret.
pub(super) fn hmac_signed(by: Algorithm, head: &Value, claims: &Value, secret: &[u8]) -> String {
    let signed = format!("{}.{}", part(head), part(claims));
    let tag = hmac::sign(&hmac::Key::new(by, secret), signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(tag))
}
