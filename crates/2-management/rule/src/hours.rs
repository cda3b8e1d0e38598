//! A span of the day, such as the hours in which street lamps burn.

use kernel::time::Timestamp;
use serde::Serialize;

const MINUTE: i64 = 60_000_000;
const DAY: i64 = 1_440;

/// From one minute of the local day (inclusive) to another (exclusive); it may pass midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Hours {
    /// First minute of the day, 0 to 1439.
    pub from: u16,
    /// First minute after the span, 0 to 1439.
    pub to: u16,
    /// Minutes by which local time is ahead of UTC.
    pub offset: i16,
}

impl Hours {
    /// Whether an instant lies inside the span.
    pub fn hold(&self, instant: Timestamp) -> bool {
        let minute = (instant.micros().div_euclid(MINUTE) + i64::from(self.offset)).rem_euclid(DAY);
        let (from, to) = (i64::from(self.from), i64::from(self.to));
        if from < to {
            (from..to).contains(&minute)
        } else {
            minute >= from || minute < to
        }
    }
}

/// Reads `HH:MM` as a minute of the day.
pub(crate) fn minute_of_day(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    let two =
        |part: &str| (part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit())).then(|| part.parse::<u16>().ok());
    let (hours, minutes) = (two(hours)??, two(minutes)??);
    (hours < 24 && minutes < 60).then_some(hours * 60 + minutes)
}

/// Reads `+HH:MM` or `-HH:MM`, at most 14 hours.
pub(crate) fn utc_offset(text: &str) -> Option<i16> {
    let minutes = i16::try_from(minute_of_day(text.get(1..)?)?).ok()?;
    match text.as_bytes().first()? {
        b'+' if minutes <= 840 => Some(minutes),
        b'-' if minutes <= 840 => Some(-minutes),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_may_pass_midnight_and_counts_in_local_time() {
        let night = Hours {
            from: 18 * 60 + 30,
            to: 5 * 60,
            offset: 420,
        };
        for (instant, inside) in [
            ("2026-01-01T18:29:59+07:00", false),
            ("2026-01-01T18:30:00+07:00", true),
            ("2026-01-01T00:00:00+07:00", true),
            ("2026-01-01T04:59:59+07:00", true),
            ("2026-01-01T05:00:00+07:00", false),
            ("1969-12-31T23:00:00+07:00", true),
        ] {
            assert_eq!(night.hold(Timestamp::parse(instant).unwrap()), inside, "{instant}");
        }
    }

    #[test]
    fn times_of_day_are_strict() {
        assert_eq!(minute_of_day("18:30"), Some(1_110));
        for text in ["24:00", "7:00", "12:60", "1230", "", "é:00"] {
            assert_eq!(minute_of_day(text), None, "{text}");
        }
        assert_eq!(utc_offset("+07:00"), Some(420));
        for text in ["07:00", "+15:00", "", "é7:00"] {
            assert_eq!(utc_offset(text), None, "{text}");
        }
    }
}
