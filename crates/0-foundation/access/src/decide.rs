//! What a password that fits, or does not, makes of an account, and which of its sessions make room for a new one.

use crate::model::{Account, LOCK_S, MAX_FAILURES, MAX_SESSIONS, SessionLimits};
use crate::record::SessionRecord;
use kernel::time::Timestamp;
use std::time::Duration;

/// How a try to sign in ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The account as it is to be stored together with what the right password opens.
    Opens(Account),
    /// The account as it is to be stored before the try is refused.
    Counts(Account),
    /// The account rests or has ended: the try is refused, whatever the password was, and not counted.
    Rests,
}

/// Judges a try.
pub fn judge(account: &Account, fits: bool, now: Timestamp) -> Verdict {
    let ended = account.ended.is_some_and(|at| at <= now);
    if ended || account.locked_until.is_some_and(|until| now < until) {
        return Verdict::Rests;
    }
    let mut account = Account {
        locked_until: None,
        ..account.clone()
    };
    if fits {
        account.failures = 0;
        return Verdict::Opens(account);
    }
    account.failures = account.failures.saturating_add(1);
    if account.failures >= MAX_FAILURES {
        account.failures = 0;
        account.locked_until = Some(now.plus(Duration::from_secs(LOCK_S)));
    }
    Verdict::Counts(account)
}

/// The sessions that end when the account begins another one: those that have run out, and the oldest beyond
/// [`MAX_SESSIONS`].
pub fn spent(sessions: Vec<(String, SessionRecord)>, limits: SessionLimits, now: Timestamp) -> Vec<String> {
    let (mut going, mut staying): (Vec<_>, Vec<_>) = sessions
        .into_iter()
        .partition(|(_, session)| !session.lives(limits, now));
    staying.sort_by_key(|(_, session)| session.since);
    let excess = (staying.len() + 1).saturating_sub(MAX_SESSIONS);
    going.extend(staying.drain(..excess));
    going.into_iter().map(|(hash, _)| hash).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Kind;
    use kernel::classification::Classification;
    use kernel::id::PersonId;

    fn account(failures: u32, locked_until: Option<i64>) -> Account {
        Account {
            name: "truc-ban".into(),
            person: PersonId(uuid::Uuid::nil()),
            password: "$argon2id$...".into(),
            must_change: false,
            kind: Kind::Person,
            rights: Vec::new(),
            clearance: Classification::Internal,
            ended: None,
            failures,
            locked_until: locked_until.map(Timestamp::from_seconds),
            second: None,
            links: Vec::new(),
        }
    }

    #[test]
    fn tries_are_counted_and_the_fifth_gives_rest() {
        let lock = 100 + LOCK_S as i64;
        for (before, fits, after) in [
            (account(0, None), true, Verdict::Opens(account(0, None))),
            (account(4, None), true, Verdict::Opens(account(0, None))),
            (account(0, None), false, Verdict::Counts(account(1, None))),
            (account(4, None), false, Verdict::Counts(account(0, Some(lock)))),
            (account(0, Some(101)), true, Verdict::Rests),
            (account(0, Some(101)), false, Verdict::Rests),
            (account(0, Some(100)), true, Verdict::Opens(account(0, None))),
            (account(0, Some(100)), false, Verdict::Counts(account(1, None))),
        ] {
            assert_eq!(
                judge(&before, fits, Timestamp::from_seconds(100)),
                after,
                "{before:?} {fits}"
            );
        }
    }

    #[test]
    fn dead_sessions_go_and_then_the_oldest() {
        let limits = SessionLimits {
            idle_s: 1_000,
            absolute_s: 10_000,
        };
        let at = |since: i64| SessionRecord::new("truc-ban", Timestamp::from_seconds(since));
        let mut sessions: Vec<_> = (0..MAX_SESSIONS as i64)
            .map(|n| (format!("s{n}"), at(5_000 + n)))
            .collect();
        sessions.push(("dead".into(), at(1_000)));
        assert_eq!(
            spent(sessions.clone(), limits, Timestamp::from_seconds(5_500)),
            ["dead", "s0"]
        );
        sessions.drain(..2);
        assert_eq!(spent(sessions, limits, Timestamp::from_seconds(5_500)), ["dead"]);
    }

    #[test]
    fn the_stored_password_is_not_printed() {
        assert!(!format!("{:?}", account(0, None)).contains("argon2id"));
    }
}
