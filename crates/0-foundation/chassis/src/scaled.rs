//! Virtual time that runs evenly and faster than the machine's: for playing a past storm on a whole server.
//!
//! **Invariant:** it is read off the monotonic clock, so it never runs back, whatever happens to the machine's date.

use crate::wall::WallClock;
use kernel::clock::Clock;
use kernel::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::{Duration, Instant};

/// Slowest and fastest virtual time.
pub const SCALES: std::ops::RangeInclusive<f64> = 0.1..=3_600.0;

/// Which virtual time belongs to which wall time; two processes that share it show the same virtual time.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scaling {
    /// An instant of the machine's clock.
    pub wall: Timestamp,
    /// The virtual instant at that moment.
    pub at: Timestamp,
    /// Virtual seconds in a second.
    pub scale: f64,
}

/// A scale that cannot be played.
#[derive(Debug, thiserror::Error, PartialEq)]
#[error("scale {0} cannot be played; write virtual seconds per second, 0.1 to 3600, such as 60 for an hour a minute")]
pub struct BadScale(pub f64);

impl Scaling {
    /// Virtual time that stands at `at` now.
    ///
    /// # Errors
    /// A scale outside of [`SCALES`].
    pub fn from_now(at: Timestamp, scale: f64) -> Result<Self, BadScale> {
        if !SCALES.contains(&scale) {
            return Err(BadScale(scale));
        }
        let wall = WallClock.now();
        Ok(Self { wall, at, scale })
    }

    /// The virtual instant that belongs to an instant of the machine's clock; before the anchor it stands still.
    pub fn virtual_at(&self, wall: Timestamp) -> Timestamp {
        self.at.plus(self.stretch(wall.since(self.wall)))
    }

    /// How much virtual time passes in `real` time.
    pub fn stretch(&self, real: Duration) -> Duration {
        Duration::try_from_secs_f64(real.as_secs_f64() * self.scale).unwrap_or(Duration::MAX)
    }

    /// How much real time passes in `virtually` much virtual time.
    pub fn shrink(&self, virtually: Duration) -> Duration {
        Duration::try_from_secs_f64(virtually.as_secs_f64() / self.scale).unwrap_or(Duration::MAX)
    }
}

/// The clock of a scaled instance; everything that SEMANTICS 31 keeps on wall time takes [`WallClock`] instead.
#[derive(Clone, Copy, Debug)]
pub struct ScaledClock {
    scaling: Scaling,
    /// The virtual instant at `since`.
    from: Timestamp,
    since: Instant,
}

impl ScaledClock {
    /// A clock that shows the virtual time of `scaling`. The machine's date is read now and never again.
    pub fn new(scaling: Scaling) -> Self {
        Self {
            scaling,
            from: scaling.virtual_at(WallClock.now()),
            since: Instant::now(),
        }
    }

    /// What it was made from.
    pub fn scaling(&self) -> &Scaling {
        &self.scaling
    }
}

impl Clock for ScaledClock {
    fn now(&self) -> Timestamp {
        self.from.plus(self.scaling.stretch(self.since.elapsed()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scaling(scale: f64) -> Scaling {
        Scaling {
            wall: Timestamp::parse("2026-11-21T08:00:00Z").unwrap(),
            at: Timestamp::parse("2025-08-25T12:00:00Z").unwrap(),
            scale,
        }
    }

    #[test]
    fn a_minute_is_an_hour_at_scale_60() {
        for (scale, wall, virtually) in [
            (60.0, "2026-11-21T08:00:00Z", "2025-08-25T12:00:00Z"),
            (60.0, "2026-11-21T08:01:00Z", "2025-08-25T13:00:00Z"),
            (0.5, "2026-11-21T08:01:00Z", "2025-08-25T12:00:30Z"),
            (60.0, "2026-11-21T07:00:00Z", "2025-08-25T12:00:00Z"),
        ] {
            let wall = Timestamp::parse(wall).unwrap();
            assert_eq!(scaling(scale).virtual_at(wall), Timestamp::parse(virtually).unwrap());
        }
        let minute = Duration::from_secs(60);
        assert_eq!(scaling(60.0).stretch(minute), minute * 60);
        assert_eq!(scaling(60.0).shrink(minute), Duration::from_secs(1));
        assert_eq!(scaling(3_600.0).stretch(Duration::MAX), Duration::MAX);
    }

    #[test]
    fn scales_that_stand_still_or_race_are_refused_with_an_example() {
        for scale in [0.0, -1.0, f64::NAN, f64::INFINITY, 3_601.0] {
            let error = Scaling::from_now(Timestamp::EPOCH, scale).unwrap_err().to_string();
            assert!(error.contains("0.1 to 3600"), "{error}");
        }
        assert!(Scaling::from_now(Timestamp::EPOCH, 60.0).is_ok());
    }

    #[test]
    fn two_clocks_of_one_scaling_agree_and_go_forward() {
        let scaling = Scaling::from_now(Timestamp::from_seconds(1_000), 3_600.0).unwrap();
        let (one, two) = (ScaledClock::new(scaling), ScaledClock::new(scaling));
        let (a, b, c) = (one.now(), two.now(), one.now());
        assert!(a >= scaling.at && c >= a);
        assert!(
            b.since(a) < Duration::from_secs(3_600),
            "less than a second apart in real time"
        );
    }

    #[test]
    fn a_scaling_survives_its_own_text() {
        let text = serde_json::to_string(&scaling(60.0)).unwrap();
        assert_eq!(serde_json::from_str::<Scaling>(&text).unwrap(), scaling(60.0));
    }
}
