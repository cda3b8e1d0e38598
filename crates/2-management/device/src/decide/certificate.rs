//! Whether a certificate counts, whether it should be renewed, and who may ask for a new one.

use crate::model::certificate::{Certificate, Invitation, Standing};
use kernel::time::Timestamp;
use std::time::Duration;

const DAY: Duration = Duration::from_secs(86_400);

/// Certificates of one device that count at once; a further one is refused until one is revoked or ends.
pub const MAX_HELD: usize = 8;

/// How a certificate stands. It should be renewed in the last third of its life, at most `renew_days` before its end.
pub fn standing(certificate: &Certificate, renew_days: u32, now: Timestamp) -> Standing {
    let Certificate {
        not_before, not_after, ..
    } = certificate;
    if certificate.revoked.is_some() {
        return Standing::Revoked;
    }
    if now < *not_before {
        return Standing::Early;
    }
    // the whole last second counts (RFC 5280 section 4.1.2.5)
    if now >= not_after.plus(Duration::from_secs(1)) {
        return Standing::Ended;
    }
    let third = not_after.since(*not_before) / 3;
    match not_after.since(now) <= third.min(DAY * renew_days) {
        true => Standing::Ending,
        false => Standing::Good,
    }
}

/// Whether it opens a door now.
pub fn counts(certificate: &Certificate, now: Timestamp) -> bool {
    matches!(standing(certificate, 0, now), Standing::Good | Standing::Ending)
}

/// What becomes of somebody who shows a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown<'a> {
    /// It gets a certificate.
    Welcome,
    /// It has one already, by this code and for the same key: it gets that again.
    Again(&'a str),
    /// It gets nothing. Deliberately says no more: wrong, used, too old and unknown look alike.
    Unfit,
}

/// Judges a code by its hash. `same_key` says whether the certificate that the code was used for has the key that is asked for.
pub fn judge<'a>(
    invitation: Option<&'a Invitation>,
    code: &str,
    same_key: impl FnOnce(&str) -> bool,
    now: Timestamp,
) -> Shown<'a> {
    let Some(invitation) = invitation.filter(|it| it.code == code && now < it.expires) else {
        return Shown::Unfit;
    };
    match &invitation.used {
        None => Shown::Welcome,
        Some(print) if same_key(print) => Shown::Again(print),
        Some(_) => Shown::Unfit,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::certificate::{Origin, Reason, Revoked};
    use kernel::actor::ActorId;
    use kernel::id::DeviceId;

    fn day(day: i64) -> Timestamp {
        Timestamp::from_seconds(day * 86_400)
    }

    fn certificate(days: i64) -> Certificate {
        Certificate {
            print: "p".into(),
            serial: "1".into(),
            issuer: "i".into(),
            key: "k".into(),
            device: DeviceId::new("gauge").unwrap(),
            not_before: day(0),
            not_after: day(days),
            origin: Origin::Issued,
            at: day(0),
            by: ActorId::Anonymous,
            replaces: None,
            revoked: None,
            der: String::new(),
        }
    }

    #[test]
    fn a_certificate_is_early_good_ending_and_ended() {
        for (days, now, expected) in [
            (300, day(-1), Standing::Early),
            (300, day(0), Standing::Good),
            (300, day(269), Standing::Good),
            (300, day(270), Standing::Ending),
            (300, day(300), Standing::Ending),
            (300, day(300).plus(Duration::from_millis(999)), Standing::Ending),
            (300, day(300).plus(Duration::from_secs(1)), Standing::Ended),
            // one of a few days is renewed in its last third
            (6, day(3), Standing::Good),
            (6, day(4), Standing::Ending),
        ] {
            let found = standing(&certificate(days), 30, now);
            assert_eq!(found, expected, "{days} {now}");
            let open = matches!(expected, Standing::Good | Standing::Ending);
            assert_eq!(counts(&certificate(days), now), open, "{days} {now}");
        }
        let revoked = Certificate {
            revoked: Some(Revoked {
                at: day(1),
                by: ActorId::Anonymous,
                reason: Reason::Superseded,
            }),
            ..certificate(300)
        };
        assert_eq!(standing(&revoked, 30, day(2)), Standing::Revoked);
        assert!(!counts(&revoked, day(2)));
    }

    #[test]
    fn a_code_is_good_once_for_one_key_until_its_end() {
        let invitation = |used: Option<&str>| Invitation {
            device: DeviceId::new("gauge").unwrap(),
            code: "right".into(),
            expires: day(1),
            at: day(0),
            by: ActorId::Anonymous,
            used: used.map(str::to_owned),
        };
        let (fresh, used) = (invitation(None), invitation(Some("p")));
        for (given, code, same_key, now, expected) in [
            (Some(&fresh), "right", false, day(0), Shown::Welcome),
            (Some(&fresh), "wrong", false, day(0), Shown::Unfit),
            (Some(&fresh), "right", true, day(1), Shown::Unfit),
            (Some(&used), "right", true, day(0), Shown::Again("p")),
            (Some(&used), "right", false, day(0), Shown::Unfit),
            (Some(&used), "right", true, day(1), Shown::Unfit),
            (None, "right", true, day(0), Shown::Unfit),
        ] {
            assert_eq!(judge(given, code, |_| same_key, now), expected, "{given:?} {code}");
        }
    }
}
