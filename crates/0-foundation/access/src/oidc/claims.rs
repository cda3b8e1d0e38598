//! What an ID token has to say (OpenID Connect Core 1.0, section 3.1.3.7).

use super::jose::Refused;
use kernel::time::Timestamp;
use serde_json::Value;
use std::time::Duration;
use subtle::ConstantTimeEq;

/// How far clocks may differ.
const SKEW: Duration = Duration::from_secs(60);
/// Oldest token that is taken, whatever it says of its own end.
const MAX_AGE: Duration = Duration::from_secs(600);

/// What we expect.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// The issuer, exactly.
    pub issuer: &'a str,
    /// Our name at the provider.
    pub client: &'a str,
    /// What we sent with the request.
    pub nonce: &'a str,
    /// Which claim says who somebody is; `sub` unless the provider's people are known here by another one.
    pub claim: &'a str,
}

/// Who signed in at the provider. Names and addresses are not taken over: the account here is the one that was linked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// What the claim says of the person; with the issuer it is unique.
    pub subject: String,
    /// The provider says that more than a password was shown.
    pub strong: bool,
}

/// Checks what a token with a good signature says.
pub fn check(claims: &Value, expected: Expected<'_>, now: Timestamp) -> Result<Subject, Refused> {
    let text = |name: &str| claims[name].as_str().unwrap_or_default();
    if text("iss") != expected.issuer {
        return Err(Refused("it is from another issuer"));
    }
    let audience: Vec<&str> = match &claims["aud"] {
        Value::String(one) => vec![one],
        Value::Array(many) => many.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    if !audience.contains(&expected.client) {
        return Err(Refused("it is for another client"));
    }
    let said = |name: &str| claims.get(name).filter(|value| !value.is_null());
    let party = said("azp");
    if (audience.len() > 1 && party.is_none()) || party.is_some_and(|party| party.as_str() != Some(expected.client)) {
        return Err(Refused("it was given to another client"));
    }
    let time = |name: &'static str| claims[name].as_i64().map(Timestamp::from_seconds);
    let ends = time("exp").ok_or(Refused("it has no end"))?;
    if ends.plus(SKEW) <= now {
        return Err(Refused("it has expired"));
    }
    let since = time("iat").ok_or(Refused("it has no beginning"))?;
    if since > now.plus(SKEW) {
        return Err(Refused("it is from the future"));
    }
    if now.since(since) > MAX_AGE {
        return Err(Refused("it is older than ten minutes"));
    }
    if said("nbf").is_some() && time("nbf").is_none_or(|begins| begins > now.plus(SKEW)) {
        return Err(Refused("it does not count yet"));
    }
    let same = text("nonce").as_bytes().ct_eq(expected.nonce.as_bytes());
    if expected.nonce.is_empty() || !bool::from(same) {
        return Err(Refused("it answers another request"));
    }
    let subject = text(expected.claim);
    if text("sub").is_empty() || subject.is_empty() || subject.len() > 255 {
        return Err(Refused("it names nobody"));
    }
    // anybody may write any address into an account elsewhere
    if expected.claim == "email" && claims["email_verified"] != Value::Bool(true) {
        return Err(Refused("the provider has not verified the address"));
    }
    let methods = claims["amr"].as_array().into_iter().flatten().filter_map(Value::as_str);
    Ok(Subject {
        subject: subject.to_owned(),
        // RFC 8176
        strong: methods
            .into_iter()
            .any(|method| ["mfa", "otp", "hwk", "swk"].contains(&method)),
    })
}
