//! Lengths of time as ISO 8601 writes them: PT90S, PT10M, PT1H30M, P1D.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::time::Duration;

/// The longest length that a rule may name: 31 days.
pub const LONGEST: Duration = Duration::from_secs(31 * 86_400);

/// A length of time, zero to [`LONGEST`]; written as ISO 8601 (weeks, days, hours, minutes, seconds).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Length(pub Duration);

/// Why a text is not a length of time.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("'{0}' is not a length of time; write ISO 8601 such as PT30S, PT10M, PT1H30M or P1D, at most P31D")]
pub struct NotALength(pub String);

impl Length {
    /// Reads ISO 8601. Years and months are refused: their length depends on the calendar.
    pub fn parse(text: &str) -> Result<Self, NotALength> {
        let wrong = || NotALength(text.chars().take(40).collect());
        let rest = text.strip_prefix('P').ok_or_else(wrong)?;
        let (days, clock) = match rest.split_once('T') {
            Some((days, clock)) if !clock.is_empty() => (days, clock),
            Some(_) => return Err(wrong()),
            None => (rest, ""),
        };
        let parts = [
            (days, ['W', 'D', ' '], [604_800.0, 86_400.0, 0.0]),
            (clock, ['H', 'M', 'S'], [3_600.0, 60.0, 1.0]),
        ];
        let mut seconds = 0.0;
        let mut found = false;
        for (mut text, letters, worth) in parts {
            for (letter, worth) in letters.into_iter().zip(worth) {
                let Some((number, after)) = text.split_once(letter) else {
                    continue;
                };
                seconds += plain_number(number).ok_or_else(wrong)? * worth;
                (text, found) = (after, true);
            }
            if !text.is_empty() {
                return Err(wrong());
            }
        }
        let length = Duration::try_from_secs_f64(seconds).map_err(|_| wrong())?;
        if found && length <= LONGEST {
            Ok(Self(length))
        } else {
            Err(wrong())
        }
    }

    /// In whole microseconds, the unit of [`kernel::time::Timestamp`].
    pub fn micros(self) -> i64 {
        i64::try_from(self.0.as_micros()).unwrap_or(i64::MAX)
    }
}

/// Digits with at most one point; nothing that only a float parser would take.
fn plain_number(text: &str) -> Option<f64> {
    let plain = !text.is_empty() && text.len() <= 12 && text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    plain.then(|| text.parse().ok()).flatten()
}

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (seconds, micros) = (self.0.as_secs(), self.0.subsec_micros());
        let (days, hours, minutes, rest) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60);
        f.write_str("P")?;
        if days > 0 {
            write!(f, "{days}D")?;
        }
        if days > 0 && seconds % 86_400 == 0 && micros == 0 {
            return Ok(());
        }
        f.write_str("T")?;
        if hours > 0 {
            write!(f, "{hours}H")?;
        }
        if minutes > 0 {
            write!(f, "{minutes}M")?;
        }
        if micros > 0 {
            write!(f, "{rest}.{micros:06}S")
        } else if rest > 0 || seconds == 0 {
            write!(f, "{rest}S")
        } else {
            Ok(())
        }
    }
}

impl Serialize for Length {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Length {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_read_and_written_back() {
        for (text, seconds) in [
            ("PT0S", 0.0),
            ("PT90S", 90.0),
            ("PT10M", 600.0),
            ("PT1H30M", 5_400.0),
            ("P1D", 86_400.0),
            ("P1DT1H", 90_000.0),
            ("P1W", 604_800.0),
            ("PT0.5S", 0.5),
        ] {
            let length = Length::parse(text).unwrap();
            assert_eq!(length.0.as_secs_f64(), seconds, "{text}");
            assert_eq!(Length::parse(&length.to_string()), Ok(length), "{text} -> {length}");
        }
    }

    #[test]
    fn everything_else_is_refused() {
        for text in [
            "", "P", "PT", "10M", "PT10", "P1M", "P1Y", "PTM", "PT1M1H", "PT-5M", "PT1e3S", "P32D", "pt5m", "PT1.2.3S",
        ] {
            assert!(Length::parse(text).is_err(), "{text}");
        }
    }
}
