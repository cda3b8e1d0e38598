//! The few faults that a simulated city has: a sensor that overflows now and then, and a device that falls silent.

use crate::moment::Moment;
use crate::noise::Noise;
use crate::senml::{Measured, Reading};

/// How a device misbehaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It does not.
    None,
    /// Its first value is impossible now and then: what a 16-bit counter of tenths shows when it overflows.
    Overflow,
    /// It stays connected and says nothing for some minutes.
    Pause,
}

/// What an overflown counter shows; no profile holds it for possible.
pub(crate) const OVERFLOW: f64 = 3_276.7;
/// Length of the stretches that are wrong or right as a whole, in microseconds.
const STRETCH_US: i64 = 10_000_000;
/// The share of stretches that are wrong.
const WRONG: f64 = 0.05;
/// A pause begins this many seconds after the start, and again each `EVERY_S`.
const PAUSE_AFTER_S: i64 = 240;
/// Length of a pause in seconds: longer than the three missed minutes after which a counter counts as silent.
const PAUSE_S: i64 = 300;
const EVERY_S: i64 = 1_800;

impl Fault {
    /// Whether the device says nothing now.
    pub(crate) fn is_silent(self, moment: Moment) -> bool {
        let second = moment.running_us.div_euclid(1_000_000) - PAUSE_AFTER_S;
        self == Self::Pause && second >= 0 && second % EVERY_S < PAUSE_S
    }

    /// Spoils a report if it is time to.
    pub(crate) fn spoil(self, noise: Noise, moment: Moment, readings: &mut [Reading]) {
        let stretch = moment.at.micros().div_euclid(STRETCH_US);
        if self == Self::Overflow
            && noise.point("overflow", stretch) < WRONG
            && let Some(Measured::Number { value, .. }) = readings.first_mut().map(|reading| &mut reading.value)
        {
            *value = OVERFLOW;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::time::Timestamp;

    fn after(seconds: i64) -> Moment {
        Moment::new(Timestamp::EPOCH, Timestamp::from_seconds(seconds))
    }

    #[test]
    fn a_pause_begins_and_ends() {
        for (second, silent) in [
            (-10, false),
            (0, false),
            (239, false),
            (240, true),
            (539, true),
            (540, false),
            (2_039, false),
            (2_040, true),
        ] {
            assert_eq!(Fault::Pause.is_silent(after(second)), silent, "{second} s");
            assert!(!Fault::None.is_silent(after(second)));
            assert!(!Fault::Overflow.is_silent(after(second)));
        }
    }

    #[test]
    fn an_overflow_is_rare_and_only_the_first_value_is_wrong() {
        let noise = Noise::new(1, "rain");
        let spoiled = |fault: Fault, second| {
            let mut readings = [Reading::number("rain", 1.0, 1), Reading::number("battery", 90.0, 1)];
            fault.spoil(noise, after(second), &mut readings);
            assert_eq!(readings[1], Reading::number("battery", 90.0, 1));
            readings[0] != Reading::number("rain", 1.0, 1)
        };
        let wrong = (0..36_000)
            .step_by(10)
            .filter(|second| spoiled(Fault::Overflow, *second))
            .count();
        assert!((100..300).contains(&wrong), "{wrong} of 3600");
        assert!(!(0..36_000).step_by(10).any(|second| spoiled(Fault::None, second)));
    }
}
