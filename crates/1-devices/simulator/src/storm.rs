//! A storm of the past as a file tells it: how much fell where in all, and how that was spread over the hours.
//!
//! Totals are facts with a source; the shape over the hours is an assumption and the file says so.

use crate::error::SimulatorError;
use crate::noise::Noise;
use crate::place::Place;
use kernel::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Most hours of a storm.
const MAX_HOURS: usize = 24 * 14;
/// Most areas.
const MAX_AREAS: usize = 200;
/// What the shares of all hours add up to.
const WHOLE: f64 = 1_000.0;
const HOUR_US: i64 = 3_600_000_000;
/// Squared distance in km² within which an area's rain is its own.
const NEAR2: f64 = 0.5;
/// Squared distance in km² from which on the rain is that of the surroundings.
const FAR2: f64 = 15.0 * 15.0;
/// How much bands of rain strengthen and weaken it, how long they are, and how many seconds they take for a kilometre.
const BANDS: f64 = 0.4;
const BAND_S: u32 = 1_500;
const BAND_S_PER_KM: f64 = 90.0;

/// A storm.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Storm {
    /// Its name.
    pub storm: String,
    /// What people call it.
    pub title: Title,
    /// What must stand beside every picture of it.
    pub label: Title,
    /// The beginning of the first hour.
    pub from: Timestamp,
    /// When it rained hardest.
    pub peak: Timestamp,
    /// What is not known of it and was assumed.
    pub assumed: String,
    /// Where the totals come from.
    pub source: String,
    /// How much of the total fell in each hour, in thousandths; they add up to 1000.
    pub shape: Vec<f64>,
    /// What fell where no area is near, in millimetres.
    pub elsewhere_mm: f64,
    /// What fell where.
    pub areas: Vec<Fallen>,
}

/// A name in two languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Title {
    /// Vietnamese.
    pub vi: String,
    /// English.
    pub en: String,
}

/// The rain of one area.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fallen {
    /// Code of the area.
    pub area: String,
    /// Its name.
    pub name: String,
    /// Degrees east of its centre.
    pub lon: f64,
    /// Degrees north.
    pub lat: f64,
    /// Millimetres in all.
    pub total_mm: f64,
}

impl Storm {
    /// Reads and checks a file.
    ///
    /// # Errors
    /// What is wrong and where; nothing of a wrong file is played.
    pub fn parse(file: &str, text: &str) -> Result<Self, SimulatorError> {
        let bad = |what: String| SimulatorError::BadStorm {
            file: file.to_owned(),
            what,
        };
        let storm: Self = serde_saphyr::from_str(text).map_err(|error| bad(error.to_string()))?;
        storm.check().map_err(bad)?;
        Ok(storm)
    }

    pub(crate) fn check(&self) -> Result<(), String> {
        let hours = self.shape.len();
        if !(2..=MAX_HOURS).contains(&hours) {
            return Err(format!("shape has {hours} hours; write 2 to {MAX_HOURS}"));
        }
        if self.shape.iter().any(|share| !(0.0..=WHOLE).contains(share)) {
            return Err("shape: each hour is a share of 0 to 1000".to_owned());
        }
        let sum: f64 = self.shape.iter().sum();
        if (sum - WHOLE).abs() > 1e-6 {
            return Err(format!("shape adds up to {sum}; the shares of all hours must be 1000"));
        }
        if self.shape.first() != Some(&0.0) || self.shape.last() != Some(&0.0) {
            return Err("shape: the first and the last hour must be 0, so that nothing is cut off".to_owned());
        }
        if self.areas.is_empty() || self.areas.len() > MAX_AREAS {
            return Err(format!("areas: there are {}; write 1 to {MAX_AREAS}", self.areas.len()));
        }
        for Fallen {
            name,
            lon,
            lat,
            total_mm,
            ..
        } in &self.areas
        {
            if !(100.0..=110.0).contains(lon) || !(18.0..=24.0).contains(lat) {
                return Err(format!(
                    "areas: {name}: {lon}, {lat} is no place near Hà Nội; write lon and lat in degrees"
                ));
            }
            if !(0.0..=2_000.0).contains(total_mm) {
                return Err(format!("areas: {name}: total_mm is {total_mm}; write 0 to 2000"));
            }
        }
        if !(0.0..=2_000.0).contains(&self.elsewhere_mm) {
            return Err(format!("elsewhere_mm is {}; write 0 to 2000", self.elsewhere_mm));
        }
        if self.peak < self.from || self.peak > self.until() {
            return Err(format!(
                "peak {} lies outside of the storm ({} to {})",
                self.peak,
                self.from,
                self.until()
            ));
        }
        Ok(())
    }

    /// The end of its last hour.
    pub fn until(&self) -> Timestamp {
        self.from.plus(Duration::from_secs(3_600 * self.shape.len() as u64))
    }
}

/// A storm that is being played.
#[derive(Debug)]
pub(crate) struct Playing {
    from: Timestamp,
    /// Share of the total per hour, 0 to 1.
    shape: Vec<f64>,
    elsewhere_mm: f64,
    areas: Vec<(Place, f64)>,
}

impl Playing {
    /// Bands of rain change when it falls, not how much: each area's own total comes out as the file says.
    pub(crate) fn new(storm: &Storm, chance: Noise) -> Self {
        let mut playing = Self {
            from: storm.from,
            shape: storm.shape.iter().map(|share| share / WHOLE).collect(),
            elsewhere_mm: storm.elsewhere_mm,
            areas: Vec::new(),
        };
        let five_minutes = Duration::from_secs(300);
        for area in &storm.areas {
            let place = Place::of(area.lon, area.lat);
            let mut whole = 0.0;
            for step in 0..playing.shape.len() as u32 * 12 {
                let at = playing.from.plus(five_minutes * step);
                whole += playing.share(at) * bands(chance, place, at) / 12.0;
            }
            let total = if whole > 0.0 { area.total_mm / whole } else { 0.0 };
            playing.areas.push((place, total));
        }
        playing
    }

    pub(crate) fn from(&self) -> Timestamp {
        self.from
    }

    /// Rain rate in mm/h.
    pub(crate) fn rain(&self, chance: Noise, place: Place, at: Timestamp) -> f64 {
        let share = self.share(at);
        if share <= 0.0 {
            return 0.0;
        }
        let (mut sum, mut weights) = (self.elsewhere_mm / FAR2, 1.0 / FAR2);
        for (area, total) in &self.areas {
            // the fourth power: an area's own rain stays its own
            let weight = 1.0 / (place.distance2(*area) + NEAR2).powi(2);
            sum += total * weight * FAR2;
            weights += weight * FAR2;
        }
        share * sum / weights * bands(chance, place, at)
    }

    /// How much of the total falls per hour at this instant: straight lines between the middles of the hours.
    fn share(&self, at: Timestamp) -> f64 {
        let along = (at.micros().saturating_sub(self.from.micros())) as f64 / HOUR_US as f64 - 0.5;
        if !(-1.0..self.shape.len() as f64).contains(&along) {
            return 0.0;
        }
        let before = along.floor();
        let of = |hour: f64| {
            let inside = hour >= 0.0 && hour < self.shape.len() as f64;
            if inside { self.shape[hour as usize] } else { 0.0 }
        };
        of(before) + (of(before + 1.0) - of(before)) * (along - before)
    }
}

/// Bands of rain that move over the city from south-east to north-west; 1 in the mean.
fn bands(chance: Noise, place: Place, at: Timestamp) -> f64 {
    let late_s = (place.north - place.east) * BAND_S_PER_KM;
    let at_us = at.micros().saturating_sub((late_s * 1e6) as i64);
    1.0 + BANDS * chance.wave("bands", at_us, BAND_S)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::sky::Sky;
    use proptest::prelude::*;

    const FILE: &str = include_str!("../../../../city/hanoi/demo/storm-2025-08.yaml");

    /// The storm of the pack.
    pub(crate) fn storm() -> Storm {
        Storm::parse("storm-2025-08.yaml", FILE).unwrap()
    }

    #[test]
    fn the_storm_of_the_pack_is_marked_as_reconstructed() {
        let storm = storm();
        assert_eq!(storm.label.vi, "tái dựng");
        assert_eq!(storm.shape.len(), 72);
        assert_eq!(storm.peak.to_string(), "2025-08-25T13:30:00Z");
        let totals: Vec<_> = storm
            .areas
            .iter()
            .map(|area| (area.name.as_str(), area.total_mm))
            .collect();
        let facts = [
            ("Phường Hai Bà Trưng", 350.0),
            ("Phường Yên Nghĩa", 267.0),
            ("Phường Tây Mỗ", 267.0),
            ("Phường Thanh Liệt", 240.0),
            ("Xã Thường Tín", 219.0),
        ];
        assert_eq!(totals, facts);
    }

    /// Millimetres at a place in a stretch of the storm, minute by minute.
    fn fallen(sky: &Sky, storm: &Storm, place: Place, minutes: std::ops::Range<u32>) -> f64 {
        let minute = |minute: u32| sky.rain(place, storm.from.plus(Duration::from_secs(60) * minute)) / 60.0;
        minutes.map(minute).sum()
    }

    #[test]
    fn each_area_gets_its_total() {
        let storm = storm();
        for seed in [1, 2_025] {
            let sky = Sky::new(seed, Some(&storm));
            for area in &storm.areas {
                let mm = fallen(&sky, &storm, Place::of(area.lon, area.lat), 0..72 * 60);
                assert!((mm / area.total_mm - 1.0).abs() < 0.05, "{}: {mm} mm", area.name);
            }
            // 310 mm in ten hours of 25 August
            let inner = Place::of(storm.areas[0].lon, storm.areas[0].lat);
            let ten_hours = fallen(&sky, &storm, inner, 16 * 60..26 * 60);
            assert!((280.0..340.0).contains(&ten_hours), "{ten_hours} mm");
        }
    }

    #[test]
    fn mistakes_of_a_file_are_named() {
        for (from, to, said) in [
            ("shape:", "shapes:", "shapes"),
            ("total_mm: 350", "total_mm: -1", "total_mm is -1"),
            ("lon: 105.852", "lon: 5.852", "no place near"),
            ("elsewhere_mm: 150", "elsewhere_mm: 9000", "elsewhere_mm is 9000"),
            ("peak: 2025-08-25", "peak: 2025-09-25", "outside of the storm"),
            ("190", "191", "must be 1000"),
        ] {
            assert!(FILE.contains(from), "{from}");
            let error = Storm::parse("s.yaml", &FILE.replacen(from, to, 1))
                .unwrap_err()
                .to_string();
            assert!(error.contains("s.yaml") && error.contains(said), "{error}");
        }
    }

    proptest! {
        #[test]
        fn rain_has_bounds_and_no_jumps(seed: u64, minute in -600_i64..5_000, east in -60.0..60.0_f64, north in -60.0..60.0_f64) {
            let storm = storm();
            let sky = Sky::new(seed, Some(&storm));
            let at = |second: i64| Timestamp::from_micros(storm.from.micros() + (minute * 60 + second) * 1_000_000);
            let place = Place { east, north };
            let (now, later) = (sky.rain(place, at(0)), sky.rain(place, at(10)));
            prop_assert!((0.0..150.0).contains(&now), "{}", now);
            prop_assert!((later - now).abs() < 2.0, "{} to {} in ten seconds", now, later);
            if !(0..72 * 60).contains(&minute) {
                prop_assert_eq!(now, 0.0);
            }
        }

        #[test]
        fn showers_have_bounds_and_no_jumps(seed: u64, second in 1_700_000_000_i64..1_900_000_000, east in -60.0..60.0_f64, north in -60.0..60.0_f64) {
            let sky = Sky::new(seed, None);
            let place = Place { east, north };
            let rain = |second| sky.rain(place, Timestamp::from_seconds(second));
            let (now, later) = (rain(second), rain(second + 10));
            prop_assert!((0.0..crate::sky::STRONGEST).contains(&now), "{}", now);
            prop_assert!((later - now).abs() < 2.0, "{} to {} in ten seconds", now, later);
        }
    }

    #[test]
    fn summers_are_wetter_than_winters() {
        let sky = Sky::new(2_025, None);
        let place = Place::of(105.85, 21.03);
        let of_month = |first: &str| -> f64 {
            let first = Timestamp::parse(first).unwrap();
            let ten_minutes = |step: u32| sky.rain(place, first.plus(Duration::from_secs(600) * step)) / 6.0;
            (0..30 * 144).map(ten_minutes).sum()
        };
        let (july, january) = (of_month("2026-07-10T00:00:00Z"), of_month("2026-01-10T00:00:00Z"));
        assert!(
            july > 3.0 * january && july > 50.0,
            "{july} mm in summer, {january} mm in winter"
        );
    }
}
