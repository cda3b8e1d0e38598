//! One-time passwords by the clock (RFC 6238: HMAC-SHA-1, 30 s, 6 digits, as every authenticator app takes them), and
//! recovery codes.

use crate::model::SecondFactor;
use crate::session::hash_of;
use kernel::time::Timestamp;
use rand::Rng;
use ring::hmac;

/// Seconds of a step.
const STEP_S: i64 = 30;
/// Steps before and after the present one that are taken, for clocks that differ.
const SKEW: u64 = 1;
/// How many recovery codes are given.
const RECOVERY: usize = 10;

/// A new secret: 160 bits, as RFC 4226 section 4 recommends.
pub fn new_secret() -> [u8; 20] {
    let mut secret = [0; 20];
    rand::rng().fill(&mut secret);
    secret
}

/// The step of an instant.
pub fn step(now: Timestamp) -> u64 {
    u64::try_from(now.micros().div_euclid(STEP_S * 1_000_000)).unwrap_or(0)
}

/// The code of a step.
pub fn code(secret: &[u8], step: u64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let tag = tag.as_ref();
    // dynamic truncation, RFC 4226 section 5.3
    let at = usize::from(tag.last().copied().unwrap_or(0) & 0x0f);
    let number = tag
        .iter()
        .skip(at)
        .take(4)
        .fold(0_u32, |number, byte| number << 8 | u32::from(*byte));
    format!("{:06}", (number & 0x7fff_ffff) % 1_000_000)
}

/// The step of which `shown` is the code, if it is near now and later than the last one taken.
pub fn fitting(secret: &[u8], shown: &str, last: u64, now: Timestamp) -> Option<u64> {
    let present = step(now);
    let steps = present.saturating_sub(SKEW)..=present + SKEW;
    // every step is looked at, so that the time says nothing of which one fitted
    let mut found = None;
    for step in steps {
        let expected = code(secret, step);
        let same = subtle::ConstantTimeEq::ct_eq(expected.as_bytes(), shown.as_bytes());
        if bool::from(same) && step > last {
            found = found.or(Some(step));
        }
    }
    found
}

/// The second factor after a code or recovery code was taken; `None` when it fits neither. Spaces and dashes do not count.
pub fn take(second: &SecondFactor, secret: &[u8], shown: &str, now: Timestamp) -> Option<SecondFactor> {
    let shown: String = shown.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    if let Some(step) = fitting(secret, &shown, second.step, now) {
        return Some(SecondFactor {
            step,
            confirmed: true,
            ..second.clone()
        });
    }
    let hash = hash_of(&shown.to_lowercase());
    let at = second.recovery.iter().position(|known| *known == hash)?;
    let mut second = second.clone();
    second.recovery.remove(at);
    Some(second)
}

/// New recovery codes, to be shown once, and what is kept of them.
pub fn recovery() -> (Vec<String>, Vec<String>) {
    const LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";
    let mut rng = rand::rng();
    let mut group = || -> String {
        (0..5)
            .map(|_| char::from(LETTERS[rng.random_range(0..LETTERS.len())]))
            .collect()
    };
    let codes: Vec<String> = (0..RECOVERY).map(|_| format!("{}-{}", group(), group())).collect();
    let kept = codes.iter().map(|code| hash_of(&code.replace('-', ""))).collect();
    (codes, kept)
}

/// The address that authenticator apps read from a QR code.
pub fn address(secret: &[u8], account: &str, issuer: &str) -> String {
    let secret = base32(secret);
    format!("otpauth://totp/{issuer}:{account}?secret={secret}&issuer={issuer}&algorithm=SHA1&digits=6&period={STEP_S}")
}

/// RFC 4648 section 6, without padding.
pub fn base32(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut text = String::new();
    let (mut held, mut bits) = (0_u32, 0);
    for byte in bytes {
        held = held << 8 | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(char::from(LETTERS[(held >> bits & 31) as usize]));
        }
        held &= (1 << bits) - 1;
    }
    if bits > 0 {
        text.push(char::from(LETTERS[(held << (5 - bits) & 31) as usize]));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8] = b"12345678901234567890";

    /// RFC 6238 appendix B, SHA-1, the last six of eight digits.
    #[test]
    fn the_codes_are_those_of_the_standard() {
        for (seconds, expected) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(
                code(SECRET, step(Timestamp::from_seconds(seconds))),
                expected,
                "{seconds}"
            );
        }
        assert_eq!(base32(SECRET), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert_eq!(base32(b"fooba"), "MZXW6YTB");
        assert_eq!(base32(b"foobar"), "MZXW6YTBOI");
    }

    fn enrolled() -> (SecondFactor, Vec<String>) {
        let (codes, recovery) = recovery();
        let second = SecondFactor {
            sealed: String::new(),
            confirmed: true,
            step: 0,
            recovery,
        };
        (second, codes)
    }

    #[test]
    fn a_code_counts_once_near_its_time() {
        let now = Timestamp::from_seconds(1_111_111_111);
        let (second, _) = enrolled();
        let present = step(now);
        for (shown, fits) in [
            (code(SECRET, present), true),
            (code(SECRET, present - 1), true),
            (code(SECRET, present + 1), true),
            (code(SECRET, present - 2), false),
            (code(SECRET, present + 2), false),
            ("050 471".to_owned(), true),
            ("50471".to_owned(), false),
            (String::new(), false),
        ] {
            assert_eq!(take(&second, SECRET, &shown, now).is_some(), fits, "{shown}");
        }
        let after = take(&second, SECRET, &code(SECRET, present), now).unwrap();
        assert!(take(&after, SECRET, &code(SECRET, present), now).is_none(), "replayed");
        assert!(take(&after, SECRET, &code(SECRET, present - 1), now).is_none(), "older");
    }

    #[test]
    fn a_recovery_code_counts_once() {
        let (second, codes) = enrolled();
        assert_eq!(codes.len(), RECOVERY);
        let after = take(&second, SECRET, &codes[3].to_uppercase(), Timestamp::EPOCH).unwrap();
        assert_eq!(after.recovery.len(), RECOVERY - 1);
        assert!(take(&after, SECRET, &codes[3], Timestamp::EPOCH).is_none());
    }
}
