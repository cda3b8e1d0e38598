//! The faults that a city lives with: sensors that overflow, stick or weaken, clocks that go wrong, devices out of reach.

use crate::moment::Moment;
use crate::noise::Noise;
use crate::profile::Profile;
use crate::senml::{Measured, Reading};
use kernel::time::Timestamp;
use std::time::Duration;

/// How a device misbehaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It does not.
    None,
    /// Its first value is impossible now and then: what a 16-bit counter of tenths shows when it overflows.
    Overflow,
    /// It stays connected and says nothing for some minutes.
    Pause,
    /// It repeats what it measured when it got stuck.
    Stuck,
    /// Its battery is nearly empty.
    Weak,
    /// Its clock leads by minutes: what it says is suspect.
    Fast,
    /// Its clock is wrong by a day: what it says cannot be taken.
    WrongDay,
    /// It is out of reach for the better part of a minute, and then tells what it measured meanwhile.
    Unsteady,
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
/// How long a stuck sensor says the same, in microseconds.
const STUCK_US: i64 = 6 * 3_600_000_000;
/// By how much a fast clock leads: within what the instance accepts, beyond what it trusts.
const LEAD: Duration = Duration::from_secs(400);
const DAY: Duration = Duration::from_secs(86_400);
/// Charge of a weak battery in percent.
const WEAK: f64 = 12.0;
/// Once in so many seconds an unsteady device is out of reach, for so long: one that reports each minute misses one report at
/// most, and three missed ones count as silence.
const AWAY_EVERY_S: i64 = 1_200;
const AWAY_S: f64 = 50.0;

impl Fault {
    /// The last of several devices of a profile has this fault.
    pub(crate) const OF_LAST: [(Profile, Self); 6] = [
        (Profile::RainGauge, Self::Overflow),
        (Profile::TrafficCounter, Self::Pause),
        (Profile::PowerMeter, Self::Stuck),
        (Profile::FloodGauge, Self::Weak),
        (Profile::AirStation, Self::Fast),
        (Profile::StreetLight, Self::WrongDay),
    ];

    /// Whether the device says nothing now.
    pub(crate) fn is_silent(self, moment: Moment) -> bool {
        let second = moment.running_us.div_euclid(1_000_000) - PAUSE_AFTER_S;
        self == Self::Pause && second >= 0 && second % EVERY_S < PAUSE_S
    }

    /// Whether the device is out of reach now.
    pub(crate) fn is_away(self, noise: Noise, moment: Moment) -> bool {
        if self != Self::Unsteady {
            return false;
        }
        let second = moment.at.micros().div_euclid(1_000_000);
        let (stretch, into) = (second.div_euclid(AWAY_EVERY_S), second.rem_euclid(AWAY_EVERY_S) as f64);
        let begins = noise.point("away", stretch) * (AWAY_EVERY_S as f64 - 2.0 * AWAY_S);
        (begins..begins + AWAY_S).contains(&into)
    }

    /// The moment that the sensor sees.
    pub(crate) fn seen(self, moment: Moment) -> Moment {
        if self != Self::Stuck {
            return moment;
        }
        let back = moment.at.micros().rem_euclid(STUCK_US);
        Moment {
            at: Timestamp::from_micros(moment.at.micros() - back),
            running_us: moment.running_us.saturating_sub(back),
        }
    }

    /// The instant that the device's own clock shows.
    pub(crate) fn stamp(self, at: Timestamp) -> Timestamp {
        match self {
            Self::Fast => at.plus(LEAD),
            Self::WrongDay => at.plus(DAY),
            _ => at,
        }
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
        if self == Self::Weak {
            for reading in readings.iter_mut().filter(|reading| reading.name == "battery") {
                *reading = Reading::number("battery", WEAK, 1);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn clocks_batteries_and_sensors_fail_each_in_its_own_way() {
        let now = after(1_000_000);
        for (fault, lead_s, seen_s, charge) in [
            (Fault::None, 0, 1_000_000, 90.0),
            (Fault::Fast, 400, 1_000_000, 90.0),
            (Fault::WrongDay, 86_400, 1_000_000, 90.0),
            (Fault::Stuck, 0, 993_600, 90.0),
            (Fault::Weak, 0, 1_000_000, 12.0),
            (Fault::Unsteady, 0, 1_000_000, 90.0),
        ] {
            let mut readings = [Reading::number("depth", 0.1, 3), Reading::number("battery", 90.0, 1)];
            fault.spoil(Noise::new(1, "x"), now, &mut readings);
            assert_eq!(readings[1], Reading::number("battery", charge, 1), "{fault:?}");
            assert_eq!(fault.stamp(now.at), Timestamp::from_seconds(1_000_000 + lead_s));
            assert_eq!(fault.seen(now).at, Timestamp::from_seconds(seen_s));
        }
    }

    #[test]
    fn an_unsteady_device_is_away_for_less_than_a_minute_at_a_time() {
        let noise = Noise::new(3, "x");
        let away: Vec<bool> = (0..12_000)
            .map(|second| Fault::Unsteady.is_away(noise, after(second)))
            .collect();
        let whole = away.iter().filter(|away| **away).count();
        assert!((450..=510).contains(&whole), "{whole} s of 12000");
        let longest = away.split(|away| !away).map(<[bool]>::len).max().unwrap();
        assert!(longest <= 51, "{longest} s");
        assert!(!(0..12_000).any(|second| Fault::None.is_away(noise, after(second))));
    }
}
