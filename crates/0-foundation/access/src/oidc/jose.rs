//! Signatures of ID tokens (RFC 7515, 7517, 7518) by the provider's published keys. Public-key algorithms only: a token
//! that names HMAC, `none` or a key of its own is refused before anything is computed.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256, RsaPublicKeyComponents,
    UnparsedPublicKey,
};
use serde::Deserialize;
use serde_json::Value;

/// Most keys of a set that are looked at.
const MAX_KEYS: usize = 64;
/// Longest token that is looked at.
const MAX_TOKEN: usize = 16 * 1024;

/// Why a token is not believed. The text is for our log; people read that sign-in failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the ID token is refused: {0}")]
pub struct Refused(pub &'static str);

/// The keys that a provider publishes.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Keys {
    keys: Vec<Key>,
}

#[derive(Clone, Debug, Deserialize)]
struct Key {
    kty: String,
    kid: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    usage: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

#[derive(Deserialize)]
struct Head {
    alg: String,
    kid: Option<String>,
    crit: Option<Value>,
    jku: Option<Value>,
    jwk: Option<Value>,
    x5u: Option<Value>,
    x5c: Option<Value>,
}

impl Keys {
    /// Reads a JSON Web Key Set. Keys of kinds that are not used here are passed over.
    pub fn read(json: &[u8]) -> Result<Self, Refused> {
        let set: Value = serde_json::from_slice(json).map_err(|_| Refused("the key set is no JSON"))?;
        let keys = set["keys"].as_array().ok_or(Refused("the key set has no keys"))?;
        let keys = keys.iter().take(MAX_KEYS);
        let keys = keys.filter_map(|key| serde_json::from_value(key.clone()).ok());
        Ok(Self { keys: keys.collect() })
    }

    /// Whether a key of this name is there; when not, the set is fetched anew once, because providers rotate keys.
    pub fn has(&self, token: &str) -> bool {
        head(token).is_ok_and(|head| self.find(&head).is_ok())
    }

    /// What a token says, if one of the keys has signed it.
    pub fn verify(&self, token: &str) -> Result<Value, Refused> {
        let head = head(token)?;
        let key = self.find(&head)?;
        let (signed, signature) = token.rsplit_once('.').ok_or(Refused("not three parts"))?;
        let signature = decode(signature)?;
        key.check(&head.alg, signed.as_bytes(), &signature)?;
        let (_, payload) = signed.split_once('.').ok_or(Refused("not three parts"))?;
        serde_json::from_slice(&decode(payload)?).map_err(|_| Refused("what it says is no JSON"))
    }

    /// By the exact name; without one, only if a single key fits.
    fn find(&self, head: &Head) -> Result<&Key, Refused> {
        let fits = |key: &&Key| key.serves(&head.alg) && (head.kid.is_none() || key.kid == head.kid);
        let mut fitting = self.keys.iter().filter(fits);
        match (fitting.next(), fitting.next()) {
            (Some(key), None) => Ok(key),
            (Some(key), Some(_)) if head.kid.is_some() => Ok(key),
            (Some(_), Some(_)) => Err(Refused("it names no key, and several would fit")),
            (None, _) => Err(Refused("no published key has this name and algorithm")),
        }
    }
}

fn head(token: &str) -> Result<Head, Refused> {
    if token.len() > MAX_TOKEN {
        return Err(Refused("longer than 16 KiB"));
    }
    let mut parts = token.split('.');
    let (Some(head), Some(_), Some(_), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        return Err(Refused("not three parts"));
    };
    let head: Head = serde_json::from_slice(&decode(head)?).map_err(|_| Refused("its head is no JSON"))?;
    if head.crit.is_some() || head.jku.is_some() || head.jwk.is_some() || head.x5u.is_some() || head.x5c.is_some() {
        return Err(Refused("it brings a key or an extension of its own"));
    }
    if !["RS256", "PS256", "ES256", "EdDSA"].contains(&head.alg.as_str()) {
        return Err(Refused("its algorithm is none of RS256, PS256, ES256, EdDSA"));
    }
    Ok(head)
}

impl Key {
    /// Whether this key is of the kind that the algorithm takes: a public RSA key is never taken as an HMAC secret.
    fn serves(&self, alg: &str) -> bool {
        let kind = match alg {
            "RS256" | "PS256" => self.kty == "RSA",
            "ES256" => self.kty == "EC" && self.crv.as_deref() == Some("P-256"),
            "EdDSA" => self.kty == "OKP" && self.crv.as_deref() == Some("Ed25519"),
            _ => false,
        };
        kind && self.alg.as_deref().is_none_or(|own| own == alg)
            && self.usage.as_deref().is_none_or(|usage| usage == "sig")
    }

    fn check(&self, alg: &str, signed: &[u8], signature: &[u8]) -> Result<(), Refused> {
        let bad = |_| Refused("its signature does not fit");
        let part = |part: &Option<String>| decode(part.as_deref().unwrap_or_default());
        match alg {
            "RS256" | "PS256" => {
                let key = RsaPublicKeyComponents {
                    n: part(&self.n)?,
                    e: part(&self.e)?,
                };
                let by = if alg == "RS256" {
                    &RSA_PKCS1_2048_8192_SHA256
                } else {
                    &RSA_PSS_2048_8192_SHA256
                };
                key.verify(by, signed, signature).map_err(bad)
            }
            "ES256" => {
                let mut point = vec![4];
                point.extend(part(&self.x)?);
                point.extend(part(&self.y)?);
                let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point);
                key.verify(signed, signature).map_err(bad)
            }
            _ => UnparsedPublicKey::new(&ED25519, part(&self.x)?)
                .verify(signed, signature)
                .map_err(bad),
        }
    }
}

fn decode(text: &str) -> Result<Vec<u8>, Refused> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| Refused("it is not base64url"))
}
