//! Judging one value against its series' contract. Pure: no clock, no storage.

use kernel::quality::{Doubt, Grade, Quality};
use kernel::reject::Reason;
use kernel::series::Contract;
use kernel::time::Timestamp;
use kernel::value::{MAX_JSON, MAX_TEXT, ValueKind};
use std::time::Duration;

/// How far a sender's clock may lead before its values are suspect (seconds).
const SKEW_S: u64 = 5;

/// The accepted times for one submission.
#[derive(Clone, Copy, Debug)]
pub struct TimeWindow {
    /// The time of rows that bring none.
    untimed: Timestamp,
    oldest: Timestamp,
    trusted: Timestamp,
    newest: Timestamp,
}

impl TimeWindow {
    /// From arrival time and limits in seconds.
    pub fn new(received: Timestamp, max_age_s: u64, max_ahead_s: u64) -> Self {
        Self {
            untimed: received,
            oldest: received.minus(Duration::from_secs(max_age_s)),
            trusted: received.plus(Duration::from_secs(SKEW_S)),
            newest: received.plus(Duration::from_secs(max_ahead_s)),
        }
    }

    /// The same window, for content that arrived earlier and is judged now: its rows without a time stand at that arrival.
    pub fn untimed_at(self, arrival: Timestamp) -> Self {
        Self {
            untimed: arrival,
            ..self
        }
    }

    /// The time under which a row is stored and what that says about its quality. A row without time gets arrival time
    /// (SEMANTICS 7).
    pub fn judge(&self, time: Timestamp) -> Result<(Timestamp, Doubt), Reason> {
        let (time, brought) = match time {
            Timestamp::MIN => (self.untimed, false),
            time => (time, true),
        };
        if time < self.oldest {
            return Err(Reason::TimePast);
        }
        if time > self.newest {
            return Err(Reason::TimeFuture);
        }
        let doubt = match brought {
            false => Doubt::Untimed,
            true if time > self.trusted => Doubt::Skew,
            true => Doubt::None,
        };
        Ok((time, doubt))
    }

    /// What to tell the sender of a time that was refused.
    pub fn explain(&self, time: Timestamp) -> String {
        let time = if time == Timestamp::MIN { self.untimed } else { time };
        format!(
            "time {time}; accepted are {} to {}, check the sender's clock and the precision",
            self.oldest, self.newest
        )
    }
}

/// Whether a number is possible, and whether it is usual.
#[inline]
pub fn judge_number(value: f64, contract: &Contract) -> Result<Doubt, Reason> {
    if !value.is_finite() {
        return Err(Reason::NotFinite);
    }
    if !contract.possible.holds(value) {
        return Err(Reason::OutOfRange);
    }
    Ok(if contract.expected.holds(value) {
        Doubt::None
    } else {
        Doubt::Range
    })
}

/// Whether a long value fits.
pub fn judge_length(kind: ValueKind, bytes: usize) -> Result<(), Reason> {
    let limit = if kind == ValueKind::Json { MAX_JSON } else { MAX_TEXT };
    if bytes > limit { Err(Reason::TooLong) } else { Ok(()) }
}

/// The quality that doubts add up to: the value's own doubt says more than that of its time. A missing time alone is
/// the sender's way and no reason for suspicion.
#[inline]
pub fn grade(value: Doubt, time: Doubt) -> Quality {
    match (value, time) {
        (Doubt::None, Doubt::None) => Quality::GOOD,
        (Doubt::None, Doubt::Untimed) => Quality::new(Grade::Good, Doubt::Untimed),
        (Doubt::None, time) => Quality::new(Grade::Suspect, time),
        (value, _) => Quality::new(Grade::Suspect, value),
    }
}

/// Whether a number changed faster than promised. `max_rate` is per second; infinite when nothing is promised.
#[inline]
pub fn too_fast(before: (Timestamp, f64), now: (Timestamp, f64), max_rate: f64) -> bool {
    let seconds = now.0.since(before.0).as_secs_f64();
    max_rate.is_finite() && seconds > 0.0 && (now.1 - before.1).abs() > max_rate * seconds
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::series::Range;

    fn contract() -> Contract {
        Contract {
            possible: Range {
                min: Some(0.0),
                max: Some(10.0),
            },
            expected: Range {
                min: None,
                max: Some(2.0),
            },
            max_rate: Some(0.01),
            interval_s: None,
        }
    }

    #[test]
    fn numbers_are_judged_by_the_contract() {
        for (value, verdict) in [
            (1.0, Ok(Doubt::None)),
            (2.0, Ok(Doubt::None)),
            (2.1, Ok(Doubt::Range)),
            (10.1, Err(Reason::OutOfRange)),
            (-0.1, Err(Reason::OutOfRange)),
            (f64::NAN, Err(Reason::NotFinite)),
            (f64::INFINITY, Err(Reason::NotFinite)),
        ] {
            assert_eq!(judge_number(value, &contract()), verdict, "{value}");
        }
    }

    #[test]
    fn times_are_judged_by_arrival() {
        let now = Timestamp::parse("2026-11-21T08:00:00Z").unwrap();
        let window = TimeWindow::new(now, 400 * 86_400, 600);
        for (time, verdict) in [
            ("2026-11-21T07:59:00Z", Ok(Doubt::None)),
            ("2026-11-21T08:00:05Z", Ok(Doubt::None)),
            ("2026-11-21T08:05:00Z", Ok(Doubt::Skew)),
            ("2026-11-21T08:11:00Z", Err(Reason::TimeFuture)),
            ("2099-01-01T00:00:00Z", Err(Reason::TimeFuture)),
            ("1970-01-01T00:00:00Z", Err(Reason::TimePast)),
        ] {
            let time = Timestamp::parse(time).unwrap();
            assert_eq!(window.judge(time).map(|(_, doubt)| doubt), verdict, "{time}");
        }
        assert_eq!(window.judge(Timestamp::MIN), Ok((now, Doubt::Untimed)));
    }

    #[test]
    fn what_arrived_earlier_without_a_time_stands_at_its_arrival() {
        let now = Timestamp::parse("2026-11-21T08:00:00Z").unwrap();
        let window = TimeWindow::new(now, 400 * 86_400, 600);
        for (arrival, verdict) in [
            ("2026-11-18T08:00:00Z", Ok(Doubt::Untimed)),
            ("2026-11-21T08:09:00Z", Ok(Doubt::Untimed)),
            ("2025-01-01T00:00:00Z", Err(Reason::TimePast)),
            ("2026-11-21T08:11:00Z", Err(Reason::TimeFuture)),
        ] {
            let arrival = Timestamp::parse(arrival).unwrap();
            let window = window.untimed_at(arrival);
            assert_eq!(window.judge(Timestamp::MIN), verdict.map(|doubt| (arrival, doubt)));
            assert_eq!(window.judge(now), Ok((now, Doubt::None)), "its own time goes before");
            assert!(window.explain(Timestamp::MIN).contains(&arrival.to_string()));
        }
    }

    #[test]
    fn a_jump_is_too_fast_and_a_slow_rise_is_not() {
        let at = Timestamp::from_seconds;
        assert!(too_fast((at(0), 1.0), (at(10), 1.5), 0.01));
        assert!(!too_fast((at(0), 1.0), (at(100), 1.5), 0.01));
        assert!(!too_fast((at(0), 1.0), (at(10), 99.0), f64::INFINITY));
    }
}
