//! Whether a device is alive, by what its profile promises.

use crate::model::Presence;
use kernel::time::Timestamp;
use std::time::Duration;

/// Missed intervals after which a device counts as silent; the rule `device-silent` of the city pack has the same factor.
pub const MISSED: u32 = 3;

/// Judges by the last contact (arrival time). Without a promised interval a device that was heard once stays alive.
pub fn presence(last_contact: Option<Timestamp>, expected_every_s: Option<u32>, now: Timestamp) -> Presence {
    let Some(last) = last_contact else {
        return Presence::Never;
    };
    let silent_after = expected_every_s.map(|every| Duration::from_secs(u64::from(every) * u64::from(MISSED)));
    match silent_after {
        Some(after) if now.since(last) >= after => Presence::Silent,
        _ => Presence::Alive,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_missed_intervals_are_silence() {
        let at = Timestamp::from_seconds;
        for (last, every, now, expected) in [
            (None, Some(60), 0, Presence::Never),
            (None, None, 1_000_000, Presence::Never),
            (Some(1_000), Some(60), 1_000, Presence::Alive),
            (Some(1_000), Some(60), 1_179, Presence::Alive),
            (Some(1_000), Some(60), 1_180, Presence::Silent),
            (Some(1_000), Some(60), 1_000_000, Presence::Silent),
            (Some(1_000), None, 1_000_000, Presence::Alive),
            (Some(1_000), Some(u32::MAX), 1_000_000, Presence::Alive),
            // the clock was set back, or the contact is of now
            (Some(2_000), Some(60), 1_000, Presence::Alive),
        ] {
            let found = presence(last.map(at), every, at(now));
            assert_eq!(found, expected, "{last:?} {every:?} {now}");
        }
    }
}
