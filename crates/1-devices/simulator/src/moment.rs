//! When something is measured: the instant, the hour of day in Hà Nội, and how long the simulation runs.

use kernel::time::Timestamp;

/// Asia/Ho_Chi_Minh is UTC+7 all year.
const OFFSET_S: i64 = 7 * 3_600;
const DAY_S: i64 = 86_400;

/// A moment of a simulation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The instant.
    pub at: Timestamp,
    /// Microseconds since the simulation began; negative before.
    pub running_us: i64,
}

impl Moment {
    /// The instant `at` of a simulation that began at `start`.
    pub fn new(start: Timestamp, at: Timestamp) -> Self {
        Self {
            at,
            running_us: at.micros().saturating_sub(start.micros()),
        }
    }

    /// Hour of the day in Hà Nội with its fraction, 0 to below 24.
    pub(crate) fn hour(self) -> f64 {
        let second = self.at.micros().div_euclid(1_000_000);
        let fraction = self.at.micros().rem_euclid(1_000_000) as f64 / 1e6;
        ((second + OFFSET_S).rem_euclid(DAY_S) as f64 + fraction) / 3_600.0
    }

    /// Seconds since the simulation began.
    pub(crate) fn running_s(self) -> f64 {
        self.running_us as f64 / 1e6
    }
}

/// How near an hour of the day is to `peak`, around the clock: 1 at the peak, about 0.6 `width` hours away from it.
pub(crate) fn nearness(hour: f64, peak: f64, width: f64) -> f64 {
    let apart = (hour - peak).rem_euclid(24.0);
    let apart = apart.min(24.0 - apart) / width;
    (-0.5 * apart * apart).exp()
}

/// A day's swing: 1 at `peak` o'clock, -1 twelve hours later.
pub(crate) fn swing(hour: f64, peak: f64) -> f64 {
    ((hour - peak) / 24.0 * std::f64::consts::TAU).cos()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Moment {
        Moment::new(Timestamp::EPOCH, Timestamp::parse(text).unwrap())
    }

    #[test]
    fn the_hour_is_that_of_ha_noi() {
        for (text, hour) in [
            ("2026-01-01T00:00:00+07:00", 0.0),
            ("2026-01-01T00:00:00Z", 7.0),
            ("2026-06-01T18:30:00+07:00", 18.5),
            ("2026-06-01T17:00:00Z", 0.0),
            ("1969-12-31T23:00:00Z", 6.0),
        ] {
            assert!((at(text).hour() - hour).abs() < 1e-9, "{text}: {}", at(text).hour());
        }
    }

    #[test]
    fn shapes_go_around_the_clock() {
        for (hour, peak, width, low, high) in [
            (7.5, 7.5, 1.0, 1.0, 1.0),
            (23.5, 0.5, 1.0, 0.6, 0.62),
            (12.0, 0.0, 1.0, 0.0, 1e-6),
        ] {
            let near = nearness(hour, peak, width);
            assert!((low..=high).contains(&near), "{hour} to {peak}: {near}");
        }
        assert!((swing(14.5, 14.5) - 1.0).abs() < 1e-9);
        assert!((swing(2.5, 14.5) + 1.0).abs() < 1e-9);
    }
}
