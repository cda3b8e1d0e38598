//! What becomes of rain at a black spot: a reservoir that fills when more falls than drains and pumps take away.
//!
//! Three buckets: the film of water on the road, what the canals around have taken up (they drain badly when full), and
//! what stands on the road. They are computed in steps of a minute from a dry beginning, and between two steps along a straight
//! line; so the depth follows from seed, place, instant and the commands to the pumps, however often it is asked for.

use crate::noise::Noise;
use crate::place::Place;
use crate::sky::Sky;
use kernel::time::Timestamp;
use parking_lot::Mutex;

/// Length of a step in microseconds and in hours.
const STEP_US: i64 = 60_000_000;
const STEP_H: f64 = 1.0 / 60.0;
/// Steps that are computed before the first question when nobody knows when the sky was dry: six hours.
const BEFORE: i64 = 360;
/// How long the film stays, and how long the canals remember, in hours.
const FILM_H: f64 = 0.3;
const CANAL_H: f64 = 6.0;
/// The canals drain badly from this many millimetres on; by 150 mm more they have lost this share of what they take.
const CANAL_FULL: f64 = 60.0;
const CANAL_SPAN: f64 = 150.0;
const CANAL_LOSS: f64 = 0.6;
/// Deepest film and deepest water in metres.
const FILM_M: f64 = 0.04;
const DEEPEST_M: f64 = 0.9;
/// What one running pump takes away in mm/h.
const PUMP: f64 = 40.0;
/// Switching acts that are kept apart; older ones are added up.
const KEPT: usize = 1_024;

/// A black spot.
#[derive(Debug)]
pub(crate) struct Basin {
    pub(crate) place: Place,
    /// What its drains take away in mm/h.
    drain: f64,
    /// Metres on the road for each millimetre that is too much.
    gather: f64,
    course: Mutex<Course>,
}

/// Water in millimetres of rain.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Water {
    film: f64,
    canal: f64,
    standing: f64,
}

#[derive(Debug, Default)]
struct Course {
    /// The step before the last question, and the water at its beginning and at its end.
    at: Option<(i64, Water, Water)>,
    /// Pumps switched on (1) or off (-1), and the first step for which that counts.
    switched: Vec<(i64, i32)>,
}

impl Basin {
    /// A black spot; how prone it is to flooding is drawn by lots.
    pub(crate) fn new(chance: Noise, place: Place) -> Self {
        let (prone, much) = (chance.fixed("prone"), chance.fixed("drain"));
        let drain = match prone {
            prone if prone < 0.35 => 36.0 + 10.0 * much,
            prone if prone < 0.7 => 46.0 + 16.0 * much,
            _ => 62.0 + 23.0 * much,
        };
        Self {
            place,
            drain,
            gather: 0.008 + 0.006 * chance.fixed("gather"),
            course: Mutex::default(),
        }
    }

    /// Depth on the road in metres.
    pub(crate) fn depth(&self, sky: &Sky, at: Timestamp) -> f64 {
        let water = self.water(sky, at);
        let film = FILM_M * (1.0 - (-water.film / 8.0).exp());
        film + (DEEPEST_M - FILM_M) * (1.0 - (-self.gather * water.standing / DEEPEST_M).exp())
    }

    /// Millimetres that stand on the road.
    pub(crate) fn standing(&self, sky: &Sky, at: Timestamp) -> f64 {
        self.water(sky, at).standing
    }

    /// A pump was switched at an instant; it counts from the next whole step on.
    pub(crate) fn switch(&self, at: Timestamp, on: bool) {
        let mut course = self.course.lock();
        if course.switched.len() >= KEPT {
            let second = course.switched.remove(0);
            course.switched[0].1 += second.1;
        }
        let from = at.micros().div_euclid(STEP_US) + 1;
        course.switched.push((from, if on { 1 } else { -1 }));
    }

    fn water(&self, sky: &Sky, at: Timestamp) -> Water {
        let step = at.micros().div_euclid(STEP_US);
        let along = at.micros().rem_euclid(STEP_US) as f64 / STEP_US as f64;
        let mut course = self.course.lock();
        let (mut known, mut from, mut to) = match course.at {
            Some(known) if known.0 <= step => known,
            _ => {
                let dry = sky.dry_until().map(|dry| dry.micros().div_euclid(STEP_US));
                let first = dry.unwrap_or(step - BEFORE).min(step);
                let water = Water::default();
                (first, water, self.after(sky, &course.switched, first, water))
            }
        };
        while known < step {
            known += 1;
            from = to;
            to = self.after(sky, &course.switched, known, from);
        }
        course.at = Some((known, from, to));
        let between = |from: f64, to: f64| from + (to - from) * along;
        Water {
            film: between(from.film, to.film),
            canal: between(from.canal, to.canal),
            standing: between(from.standing, to.standing),
        }
    }

    /// The water at the end of a step.
    fn after(&self, sky: &Sky, switched: &[(i64, i32)], step: i64, water: Water) -> Water {
        let middle = Timestamp::from_micros(step * STEP_US + STEP_US / 2);
        let rain = sky.rain(self.place, middle);
        let pumps: i32 = switched
            .iter()
            .filter(|(from, _)| *from <= step)
            .map(|(_, by)| by)
            .sum();
        let fill = ((water.canal - CANAL_FULL) / CANAL_SPAN).clamp(0.0, 1.0);
        let away = self.drain * (1.0 - CANAL_LOSS * fill) + PUMP * f64::from(pumps.max(0));
        Water {
            film: (water.film + rain * STEP_H) / (1.0 + STEP_H / FILM_H),
            canal: (water.canal + rain * STEP_H) / (1.0 + STEP_H / CANAL_H),
            standing: (water.standing + (rain - away) * STEP_H).max(0.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storm::tests::storm;
    use proptest::prelude::*;

    fn minutes(after: Timestamp, minutes: i64) -> Timestamp {
        Timestamp::from_micros(after.micros() + minutes * STEP_US)
    }

    fn basin(seed: u64) -> Basin {
        Basin::new(Noise::new(seed, "spot"), Place::of(105.852, 21.0136))
    }

    #[test]
    fn a_pump_lowers_the_water_and_a_stopped_one_does_not() {
        let storm = storm();
        let sky = Sky::new(1, Some(&storm));
        let (idle, pumped) = (basin(7), basin(7));
        let begin = minutes(storm.peak, -30);
        assert_eq!(idle.depth(&sky, begin).to_bits(), pumped.depth(&sky, begin).to_bits());
        pumped.switch(begin, true);
        let later = minutes(storm.peak, 120);
        let (high, low) = (idle.depth(&sky, later), pumped.depth(&sky, later));
        assert!(low < high - 0.05, "{low} with a pump, {high} without");
        pumped.switch(later, false);
        let (before, after) = (pumped.standing(&sky, later), pumped.standing(&sky, minutes(later, 240)));
        assert!(after <= before + 60.0 && after >= 0.0);
    }

    #[test]
    fn many_switching_acts_are_added_up_and_nothing_grows() {
        let basin = basin(1);
        for act in 0..3_001 {
            basin.switch(Timestamp::from_seconds(act * 60), act % 2 == 0);
        }
        let course = basin.course.lock();
        assert!(course.switched.len() <= KEPT);
        assert_eq!(course.switched.iter().map(|(_, by)| by).sum::<i32>(), 1);
    }

    proptest! {
        /// Asked at once or minute by minute, forwards or back: the depth is the same.
        #[test]
        fn the_depth_does_not_depend_on_earlier_questions(seed: u64, mut asked in prop::collection::vec(0_i64..4_320, 1..12)) {
            let storm = storm();
            let sky = Sky::new(seed, Some(&storm));
            let often = basin(seed);
            asked.push(asked[0]);
            for minute in asked {
                let at = minutes(storm.from, minute);
                let fresh = basin(seed);
                prop_assert_eq!(often.depth(&sky, at).to_bits(), fresh.depth(&sky, at).to_bits(), "minute {}", minute);
            }
        }

        /// Rain raises water and only rain does: where none fell, the road is dry; water rises only while it rains.
        #[test]
        fn only_rain_raises_water(seed: u64, from in 0_i64..4_200) {
            let storm = storm();
            let sky = Sky::new(seed, Some(&storm));
            let basin = basin(seed);
            let mut before = basin.depth(&sky, minutes(storm.from, from));
            for minute in from + 1..from + 120 {
                let at = minutes(storm.from, minute);
                let depth = basin.depth(&sky, at);
                let middle = Timestamp::from_micros(at.micros() - STEP_US / 2);
                let rain = sky.rain(basin.place, middle);
                prop_assert!(depth <= before || rain > 0.0, "minute {}: {} after {} without rain", minute, depth, before);
                prop_assert!((0.0..DEEPEST_M).contains(&depth));
                prop_assert!((depth - before).abs() < 0.01 * 60.0, "it moves slower than its profile promises");
                before = depth;
            }
        }

        /// Showers of an ordinary day wet the road and do not flood it.
        #[test]
        fn showers_make_puddles_only(seed: u64, at in 1_700_000_000_i64..1_900_000_000) {
            let (sky, basin) = (Sky::new(seed, None), basin(seed));
            let depth = basin.depth(&sky, Timestamp::from_seconds(at));
            prop_assert!((0.0..0.05).contains(&depth), "{}", depth);
        }
    }

    #[test]
    fn before_the_storm_the_road_is_dry() {
        let storm = storm();
        let sky = Sky::new(1, Some(&storm));
        assert_eq!(basin(1).depth(&sky, minutes(storm.from, -600)), 0.0);
        assert_eq!(basin(1).depth(&sky, minutes(storm.from, 60)), 0.0);
    }
}
