//! When a measure may be taken, and what taking it back comes to.

use crate::error::SecurityError;
use crate::model::measure::{Measure, Order, Phase};
use kernel::actor::ActorId;
use kernel::time::Timestamp;
use std::time::Duration;

/// Characters of a reason.
const REASON: std::ops::RangeInclusive<usize> = 3..=500;
/// Longest time of a measure that ends by itself.
const LONGEST: Duration = Duration::from_secs(366 * 86_400);

/// What is asked besides the order itself.
pub fn check(order: &Order, reason: &str, until: Option<Timestamp>, now: Timestamp) -> Result<(), SecurityError> {
    let length = reason.chars().count();
    if !REASON.contains(&length) || reason.chars().any(|c| c.is_control() && c != '\n') {
        let what = format!("it has {length} characters; write 3 to 500 that say why, without control characters");
        return Err(SecurityError::invalid("reason", what));
    }
    let Some(until) = until else { return Ok(()) };
    if !order.is_reversible() {
        let what = "a cut session does not come back at a time; leave until out";
        return Err(SecurityError::invalid("until", what));
    }
    if until <= now || until > now.plus(LONGEST) {
        let what = format!("{until} is not ahead, or more than 366 days ahead of {now}; write another time or none");
        return Err(SecurityError::invalid("until", what));
    }
    Ok(())
}

/// What asking to take a measure back comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Undo {
    /// It goes into this phase, then it is carried out.
    Begins(Phase),
    /// It was taken back before; nothing is left to do.
    Over,
}

/// Decides whether a measure can be taken back.
pub fn undo(measure: &Measure, by: &ActorId, now: Timestamp) -> Result<Undo, SecurityError> {
    let wrong = |key| Err(SecurityError::WrongState(key));
    match &measure.phase {
        Phase::InForce { .. } => Ok(Undo::Begins(Phase::Undoing {
            by: by.clone(),
            at: now,
        })),
        Phase::Undoing { .. } => Ok(Undo::Begins(measure.phase.clone())),
        Phase::Undone { .. } => Ok(Undo::Over),
        Phase::Begun => wrong("still_begun"),
        Phase::Done { .. } => wrong("cut_for_good"),
        Phase::Failed { .. } => wrong("never_in_force"),
    }
}

/// Whether the time of a measure is over.
pub fn is_due(measure: &Measure, now: Timestamp) -> bool {
    matches!(measure.phase, Phase::InForce { .. }) && measure.until.is_some_and(|until| until <= now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::measure::Before;

    fn measure(phase: Phase) -> Measure {
        let account = "an-nv".to_owned();
        Measure {
            id: uuid::Uuid::nil(),
            order: Order::BlockAccount { account },
            before: Before::Account { ended: None },
            by: ActorId::Anonymous,
            reason: "lộ mật khẩu".into(),
            at: Timestamp::EPOCH,
            until: Some(Timestamp::from_seconds(10)),
            areas: Vec::new(),
            phase,
            asked: None,
        }
    }

    /// The table of all phases: what can be taken back, what has been, and what never can.
    #[test]
    fn only_what_holds_is_taken_back() {
        let at = Timestamp::EPOCH;
        let by = ActorId::Anonymous;
        let undone = Phase::Undone {
            by: by.clone(),
            at,
            restored: true,
        };
        let undoing = Phase::Undoing { by: by.clone(), at };
        for (phase, expected) in [
            (Phase::Begun, Err("still being carried out")),
            (Phase::InForce { since: at }, Ok(Undo::Begins(undoing.clone()))),
            (Phase::Done { at }, Err("cannot be uncut")),
            (undoing.clone(), Ok(Undo::Begins(undoing))),
            (undone, Ok(Undo::Over)),
            (
                Phase::Failed {
                    at,
                    why: String::new(),
                    code: None,
                },
                Err("never in force"),
            ),
        ] {
            match (undo(&measure(phase.clone()), &by, at), expected) {
                (Ok(found), Ok(expected)) => assert_eq!(found, expected),
                (Err(error), Err(says)) => assert!(error.to_string().contains(says), "{error}"),
                (found, _) => panic!("{phase:?}: {found:?}"),
            }
        }
    }

    #[test]
    fn a_measure_is_due_at_its_end_and_only_while_it_holds() {
        let holds = measure(Phase::InForce {
            since: Timestamp::EPOCH,
        });
        assert!(!is_due(&holds, Timestamp::from_seconds(9)));
        assert!(is_due(&holds, Timestamp::from_seconds(10)));
        assert!(!is_due(&measure(Phase::Begun), Timestamp::from_seconds(10)));
    }

    #[test]
    fn reasons_and_ends_are_checked() {
        let block = measure(Phase::Begun).order;
        let cut = Order::CutSession {
            account: "an-nv".into(),
            session: uuid::Uuid::nil(),
        };
        let (now, later) = (Timestamp::EPOCH, Timestamp::from_seconds(1));
        assert!(check(&block, "vì sao", Some(later), now).is_ok());
        assert!(check(&cut, "vì sao", None, now).is_ok());
        for (order, reason, until, field) in [
            (&block, "", None, "reason"),
            (&block, "a\u{1b}[31m", None, "reason"),
            (&block, "vì sao", Some(now), "until"),
            (&block, "vì sao", Some(Timestamp::MAX), "until"),
            (&cut, "vì sao", Some(later), "until"),
        ] {
            let error = check(order, reason, until, now).unwrap_err();
            assert!(error.to_string().starts_with(field), "{error}");
        }
    }
}
