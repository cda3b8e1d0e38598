//! What devices say, against the contracts of `city/hanoi/profiles` and the thresholds of `city/hanoi/rules`.

use kernel::time::Timestamp;
use proptest::prelude::*;
use serde::Deserialize;
use simulator::city::{City, Measured};
use simulator::manifest::{Manifest, Simulated};
use simulator::moment::Moment;
use std::collections::BTreeMap;
use std::path::Path;

const PROFILES: [&str; 7] = [
    "air-station",
    "flood-gauge",
    "power-meter",
    "rain-gauge",
    "river-stage",
    "street-light",
    "traffic-counter",
];

#[derive(Deserialize)]
struct Profile {
    bindings: Vec<Binding>,
}

#[derive(Deserialize)]
struct Binding {
    name: String,
    kind: String,
    contract: Contract,
}

#[derive(Deserialize)]
struct Contract {
    possible: Option<Range>,
    expected: Option<Range>,
    max_rate: Option<f64>,
}

#[derive(Clone, Copy, Deserialize)]
struct Range {
    min: f64,
    max: f64,
}

fn profile(name: &str) -> Profile {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../../city/hanoi/profiles/{name}.yaml"));
    let text = std::fs::read_to_string(&path).unwrap();
    serde_saphyr::from_str(&text).unwrap()
}

fn city(seed: u64, lon: f64, flood_after_s: Option<u64>, devices: &[(&str, &str)]) -> City {
    let simulated = |(id, profile): &(&str, &str)| Simulated {
        id: (*id).to_owned(),
        profile: (*profile).to_owned(),
        certificate: "c".into(),
        key: "k".into(),
        lon,
        lat: 21.0,
    };
    let manifest = Manifest {
        address: "127.0.0.1:8883".to_owned(),
        server_name: "localhost".to_owned(),
        ca: "ca".into(),
        seed,
        interval_s: 5,
        flood_after_s,
        devices: devices.iter().map(simulated).collect(),
    };
    City::new(&manifest).unwrap()
}

fn one_of_each(seed: u64, lon: f64, flood_after_s: Option<u64>) -> City {
    city(seed, lon, flood_after_s, &PROFILES.map(|name| (name, name)))
}

fn numbers(city: &City, index: usize, moment: Moment) -> BTreeMap<&'static str, f64> {
    let readings = city.measure(index, moment).unwrap();
    let number = |reading: &simulator::city::Reading| match reading.value {
        Measured::Number { value, .. } => Some((reading.name, value)),
        Measured::Flag(_) => None,
    };
    readings.iter().filter_map(number).collect()
}

/// An instant of some decades.
fn instants() -> impl Strategy<Value = i64> {
    1_700_000_000_000_000_i64..2_700_000_000_000_000
}

#[test]
fn each_profile_says_what_its_file_lists() {
    let city = one_of_each(1, 105.8, None);
    let moment = Moment::new(Timestamp::EPOCH, Timestamp::from_seconds(1_795_000_000));
    for (index, name) in PROFILES.into_iter().enumerate() {
        let listed: Vec<_> = profile(name)
            .bindings
            .into_iter()
            .map(|binding| (binding.name, binding.kind == "boolean"))
            .collect();
        let said: Vec<_> = city.measure(index, moment).unwrap();
        let said: Vec<_> = said
            .iter()
            .map(|one| (one.name.to_owned(), matches!(one.value, Measured::Flag(_))))
            .collect();
        assert_eq!(said, listed, "{name}");
    }
}

proptest! {
    /// Flood included: not one value of a healthy device is outside its contract, at any pace from one second on.
    #[test]
    fn healthy_devices_keep_their_contracts(
        seed: u64, lon in 105.2..106.1_f64, at in instants(), running in -10_000_000_i64..1_100_000_000, step in 1_000_000_i64..60_000_000,
    ) {
        let city = one_of_each(seed, lon, Some(10));
        let start = Timestamp::from_micros(at - running);
        let moments = [at, at + step].map(|at| Moment::new(start, Timestamp::from_micros(at)));
        for (index, name) in PROFILES.into_iter().enumerate() {
            let [before, after] = moments.map(|moment| numbers(&city, index, moment));
            for binding in profile(name).bindings.into_iter().filter(|binding| binding.kind == "number") {
                let (was, is) = (before[binding.name.as_str()], after[binding.name.as_str()]);
                let wanted = [binding.contract.possible, binding.contract.expected];
                for range in wanted.into_iter().flatten() {
                    prop_assert!((range.min..=range.max).contains(&was), "{name} {}: {was}", binding.name);
                }
                if let Some(rate) = binding.contract.max_rate {
                    let fastest = rate * step as f64 / 1e6;
                    prop_assert!((is - was).abs() <= fastest, "{name} {}: {was} to {is} in {step} us", binding.name);
                }
            }
        }
    }

    /// Without the flood no value comes near a threshold of the rules, so that nothing can be raised.
    #[test]
    fn a_calm_city_raises_nothing(seed: u64, lon in 105.2..106.1_f64, at in instants()) {
        let city = one_of_each(seed, lon, None);
        let moment = Moment::new(Timestamp::from_micros(at), Timestamp::from_micros(at));
        let [air, flood, power, rain, river, _, traffic] = std::array::from_fn(|index| numbers(&city, index, moment));
        prop_assert!(air["pm25"] < 43.0, "pm25-day begins above 45 and ends below 43: {air:?}");
        prop_assert!(flood["depth"] < 0.1, "flood-depth begins above 0.15 and ends below 0.1: {flood:?}");
        prop_assert!((200.0..240.0).contains(&power["voltage"]), "over-voltage: 198 to 242, hysteresis 2: {power:?}");
        prop_assert!(rain["rain"] < 40.0, "rain-intensity begins at 50 and ends below 40: {rain:?}");
        prop_assert!(river["level"] < 5.4, "river-level: the lowest level I is 5.5: {river:?}");
        prop_assert!(traffic["speed"] > 13.0, "traffic-slow begins below 10 and ends above 13: {traffic:?}");
    }

    /// lamp-out judges from 18:30 to 05:00.
    #[test]
    fn lamps_burn_at_night_and_not_at_noon(seed: u64, day in 19_700_i64..30_000, night_us in 0_i64..37_800_000_000) {
        let city = one_of_each(seed, 105.8, None);
        let dusk = day * 86_400_000_000 + (18 * 60 + 30 - 7 * 60) * 60_000_000;
        for (at, lit) in [(dusk + night_us, true), (dusk - 6 * 3_600_000_000, false)] {
            let moment = Moment::new(Timestamp::EPOCH, Timestamp::from_micros(at));
            let lamp = numbers(&city, 5, moment)["lamp"];
            prop_assert!(if lit { lamp > 0.1 } else { lamp == 0.0 }, "{lamp} A");
            prop_assert_eq!(city.measure(5, moment).unwrap()[1].value, Measured::Flag(lit));
        }
    }
}

#[test]
fn only_the_first_flood_gauge_rises_and_it_passes_the_rule() {
    let city = city(3, 105.8, Some(10), &[("f1", "flood-gauge"), ("f2", "flood-gauge")]);
    let start = Timestamp::from_seconds(1_795_000_000);
    let depth = |index, second| {
        let at = start.plus(std::time::Duration::from_secs(second));
        numbers(&city, index, Moment::new(start, at))["depth"]
    };
    let rising: Vec<_> = (0..=60).step_by(5).map(|second| depth(0, second)).collect();
    assert!(rising[0] < 0.1 && rising[12] == 0.45, "{rising:?}");
    assert!(
        (200..300).all(|second| depth(0, second) > 0.3),
        "long enough above 0.3 for severity 3"
    );
    assert!(depth(0, 1_000) < 0.1, "gone after a quarter of an hour");
    assert!((0..2_000).all(|second| depth(1, second) < 0.1));
}

#[test]
fn a_day_has_showers_and_dry_hours_and_rush_hours() {
    let city = one_of_each(2025, 105.85, None);
    let midnight = Timestamp::parse("2026-01-01T00:00:00+07:00").unwrap();
    let of_day = |index: usize, name: &str| -> Vec<f64> {
        let minute = |minute: u64| Moment::new(midnight, midnight.plus(std::time::Duration::from_secs(minute * 60)));
        (0..1_440).map(|at| numbers(&city, index, minute(at))[name]).collect()
    };
    let rain = of_day(3, "rain");
    let wet = rain.iter().filter(|rate| **rate > 0.5).count();
    assert!((100..800).contains(&wet), "{wet} wet minutes");
    let (speed, flow) = (of_day(6, "speed"), of_day(6, "intensity"));
    assert!(speed[7 * 60 + 25] < speed[3 * 60] && flow[7 * 60 + 25] > 5.0 * flow[3 * 60]);
    let warmth = of_day(0, "temperature");
    assert!(warmth[14 * 60] > warmth[2 * 60] + 5.0);
    let battery = of_day(1, "battery");
    assert!(battery.windows(2).all(|pair| pair[1] <= pair[0]) && battery[1_439] < battery[0]);
}
