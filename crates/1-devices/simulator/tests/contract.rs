//! What devices say, against the contracts of `city/hanoi/profiles` and the thresholds of `city/hanoi/rules`.

use kernel::time::Timestamp;
use proptest::prelude::*;
use serde::Deserialize;
use simulator::city::{City, Measured};
use simulator::manifest::{Manifest, Simulated};
use simulator::moment::Moment;
use simulator::storm::Storm;
use std::collections::BTreeMap;
use std::path::Path;

const PROFILES: [&str; 10] = [
    "air-station",
    "ambulance",
    "flood-gauge",
    "gateway",
    "power-meter",
    "pump",
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

fn city(seed: u64, lon: f64, flood_after_s: Option<u64>, storm: Option<Storm>, devices: &[(&str, &str)]) -> City {
    let simulated = |(id, profile): &(&str, &str)| Simulated {
        id: (*id).to_owned(),
        profile: (*profile).to_owned(),
        certificate: None,
        key: None,
        gateway: None,
        interval_s: None,
        lon,
        lat: 21.0,
    };
    let manifest = Manifest {
        address: "127.0.0.1:8883".to_owned(),
        server_name: "localhost".to_owned(),
        ca: "ca".into(),
        seed,
        interval_s: 5,
        rate: 1.0,
        flood_after_s,
        unsteady: 0.0,
        time: None,
        storm,
        devices: devices.iter().map(simulated).collect(),
    };
    City::new(&manifest).unwrap()
}

fn storm() -> Storm {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../city/hanoi/demo/storm-2025-08.yaml");
    Storm::parse("storm-2025-08.yaml", &std::fs::read_to_string(path).unwrap()).unwrap()
}

fn index(profile: &str) -> usize {
    PROFILES.iter().position(|name| *name == profile).unwrap()
}

fn one_of_each(seed: u64, lon: f64, flood_after_s: Option<u64>) -> City {
    city(seed, lon, flood_after_s, None, &PROFILES.map(|name| (name, name)))
}

fn numbers(city: &City, index: usize, moment: Moment) -> BTreeMap<&'static str, f64> {
    let readings = city.measure(index, moment).unwrap();
    let number = |reading: &simulator::city::Reading| match reading.value {
        Measured::Number { value, .. } => Some((reading.name, value)),
        Measured::Flag(_) | Measured::Point { .. } => None,
    };
    readings.iter().filter_map(number).collect()
}

fn kind(value: Measured) -> &'static str {
    match value {
        Measured::Number { .. } => "number",
        Measured::Flag(_) => "boolean",
        Measured::Point { .. } => "point",
    }
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
            .map(|binding| (binding.name, binding.kind))
            .collect();
        let said: Vec<_> = city.measure(index, moment).unwrap();
        let said: Vec<_> = said
            .iter()
            .map(|one| (one.name.to_owned(), kind(one.value).to_owned()))
            .collect();
        assert_eq!(said, listed, "{name}");
    }
}

/// Whether all values of two moments lie within the contracts, and none moves faster than its contract promises.
fn keep_contracts(city: &City, start: Timestamp, at: [i64; 2]) -> Result<(), TestCaseError> {
    let moments = at.map(|at| Moment::new(start, Timestamp::from_micros(at)));
    let step = at[1] - at[0];
    for (index, name) in PROFILES.into_iter().enumerate() {
        let [before, after] = moments.map(|moment| numbers(city, index, moment));
        for binding in profile(name)
            .bindings
            .into_iter()
            .filter(|binding| binding.kind == "number")
        {
            let (was, is) = (before[binding.name.as_str()], after[binding.name.as_str()]);
            let wanted = [binding.contract.possible, binding.contract.expected];
            for range in wanted.into_iter().flatten() {
                prop_assert!((range.min..=range.max).contains(&was), "{name} {}: {was}", binding.name);
            }
            if let Some(rate) = binding.contract.max_rate {
                let fastest = rate * step as f64 / 1e6;
                prop_assert!(
                    (is - was).abs() <= fastest,
                    "{name} {}: {was} to {is} in {step} us",
                    binding.name
                );
            }
        }
    }
    Ok(())
}

proptest! {
    // water of a storm is computed from its first hour on: a case costs some milliseconds
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Flood included: not one value of a healthy device is outside its contract, at any pace from one second on.
    #[test]
    fn healthy_devices_keep_their_contracts(
        seed: u64, lon in 105.2..106.1_f64, at in instants(), running in -10_000_000_i64..1_100_000_000, step in 1_000_000_i64..60_000_000,
    ) {
        let city = one_of_each(seed, lon, Some(10));
        let start = Timestamp::from_micros(at - running);
        keep_contracts(&city, start, [at, at + step])?;
    }

    /// Nor in the storm.
    #[test]
    fn a_storm_keeps_the_contracts_too(seed: u64, lon in 105.7..105.95_f64, minute in 0_i64..4_320, step in 1_000_000_i64..60_000_000) {
        let storm = storm();
        let at = storm.from.micros() + minute * 60_000_000;
        let city = city(seed, lon, None, Some(storm), &PROFILES.map(|name| (name, name)));
        keep_contracts(&city, Timestamp::from_micros(at), [at, at + step])?;
    }

    /// Without the flood no value comes near a threshold of the rules, so that nothing can be raised.
    #[test]
    fn a_calm_city_raises_nothing(seed: u64, lon in 105.2..106.1_f64, at in instants()) {
        let city = one_of_each(seed, lon, None);
        let moment = Moment::new(Timestamp::from_micros(at), Timestamp::from_micros(at));
        let of = |profile: &str| numbers(&city, index(profile), moment);
        let air = of("air-station");
        prop_assert!(air["pm25"] < 43.0, "pm25-day begins above 45 and ends below 43: {air:?}");
        let flood = of("flood-gauge");
        prop_assert!(flood["depth"] < 0.1, "flood-depth begins above 0.15 and ends below 0.1: {flood:?}");
        let power = of("power-meter");
        prop_assert!((200.0..240.0).contains(&power["voltage"]), "over-voltage: 198 to 242, hysteresis 2: {power:?}");
        let rain = of("rain-gauge");
        prop_assert!(rain["rain"] < 40.0, "rain-intensity begins at 50 and ends below 40: {rain:?}");
        let river = of("river-stage");
        prop_assert!(river["level"] < 5.4, "river-level: the lowest level I is 5.5: {river:?}");
        let traffic = of("traffic-counter");
        prop_assert!(traffic["speed"] > 13.0, "traffic-slow begins below 10 and ends above 13: {traffic:?}");
    }

    /// An ambulance drives: it stays in the city, near where it was a second ago, and no faster than it says.
    #[test]
    fn an_ambulance_moves_as_fast_as_it_says(seed: u64, at in instants()) {
        let city = one_of_each(seed, 105.85, None);
        let place = |at: i64| {
            let moment = Moment::new(Timestamp::EPOCH, Timestamp::from_micros(at));
            let readings = city.measure(index("ambulance"), moment).unwrap();
            let Measured::Point { lon, lat } = readings[0].value else { panic!("no point") };
            (lon, lat, numbers(&city, index("ambulance"), moment)["speed"])
        };
        let (before, after) = (place(at), place(at + 10_000_000));
        prop_assert!((before.0 - 105.85).abs() < 0.1 && (before.1 - 21.0).abs() < 0.1);
        let km = ((after.0 - before.0) * 103.9).hypot((after.1 - before.1) * 110.7);
        let fastest = before.2.max(after.2) + 2.0;
        prop_assert!(km <= fastest / 360.0, "{km} km in ten seconds at {} and {} km/h", before.2, after.2);
    }

    /// lamp-out judges from 18:30 to 05:00.
    #[test]
    fn lamps_burn_at_night_and_not_at_noon(seed: u64, day in 19_700_i64..30_000, night_us in 0_i64..37_800_000_000) {
        let city = one_of_each(seed, 105.8, None);
        let dusk = day * 86_400_000_000 + (18 * 60 + 30 - 7 * 60) * 60_000_000;
        for (at, lit) in [(dusk + night_us, true), (dusk - 6 * 3_600_000_000, false)] {
            let moment = Moment::new(Timestamp::EPOCH, Timestamp::from_micros(at));
            let lamp = numbers(&city, index("street-light"), moment)["lamp"];
            prop_assert!(if lit { lamp > 0.1 } else { lamp == 0.0 }, "{lamp} A");
            prop_assert_eq!(city.measure(index("street-light"), moment).unwrap()[1].value, Measured::Flag(lit));
        }
    }
}

#[test]
fn only_the_first_flood_gauge_rises_and_it_passes_the_rule() {
    let city = city(
        3,
        105.8,
        Some(10),
        None,
        &[("f1", "flood-gauge"), ("f2", "flood-gauge")],
    );
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
    let midnight = Timestamp::parse("2026-07-20T00:00:00+07:00").unwrap();
    let days = |profile: &str, name: &str, days: u64| -> Vec<f64> {
        let minute = |minute: u64| Moment::new(midnight, midnight.plus(std::time::Duration::from_secs(minute * 60)));
        let at = index(profile);
        (0..days * 1_440)
            .map(|step| numbers(&city, at, minute(step))[name])
            .collect()
    };
    let rain = days("rain-gauge", "rain", 7);
    let wet = rain.iter().filter(|rate| **rate > 0.5).count();
    assert!((100..5_000).contains(&wet), "{wet} wet minutes in a week of July");
    let (speed, flow) = (
        days("traffic-counter", "speed", 1),
        days("traffic-counter", "intensity", 1),
    );
    assert!(speed[7 * 60 + 25] < speed[3 * 60] && flow[7 * 60 + 25] > 5.0 * flow[3 * 60]);
    let (warmth, ozone) = (days("air-station", "temperature", 1), days("air-station", "o3", 1));
    assert!(warmth[14 * 60] > warmth[2 * 60] + 3.0);
    assert!(ozone[14 * 60] > ozone[2 * 60]);
    let fumes = days("air-station", "no2", 1);
    assert!(fumes[7 * 60 + 30] > 1.3 * fumes[3 * 60]);
    let battery = days("flood-gauge", "battery", 1);
    assert!(battery.windows(2).all(|pair| pair[1] <= pair[0]) && battery[1_439] < battery[0]);
}

/// Everything follows from the one field of rain.
#[test]
fn a_storm_floods_slows_washes_and_swells() {
    let storm = storm();
    let (from, peak) = (storm.from, storm.peak);
    let city = city(2025, 105.852, None, Some(storm), &PROFILES.map(|name| (name, name)));
    let of = |profile: &str, name: &str, at: Timestamp| numbers(&city, index(profile), Moment::new(from, at))[name];
    let hours = |at: Timestamp, hours: u64| at.plus(std::time::Duration::from_secs(hours * 3_600));
    let noon = hours(from, 12);
    assert_eq!(
        (of("rain-gauge", "rain", noon), of("flood-gauge", "depth", noon)),
        (0.0, 0.0)
    );
    assert!(of("rain-gauge", "rain", peak) > 40.0);
    let after = hours(peak, 2);
    assert!(
        of("flood-gauge", "depth", after) > 0.15,
        "{}",
        of("flood-gauge", "depth", after)
    );
    assert!(of("traffic-counter", "speed", after) < 0.7 * of("traffic-counter", "speed", hours(noon, 60)));
    // the same hour of the day: only the rain differs
    assert!(of("air-station", "pm25", after) < 0.6 * of("air-station", "pm25", hours(after, 24 * 4)));
    assert!(of("river-stage", "level", hours(peak, 14)) > of("river-stage", "level", noon) + 0.3);
    let late = hours(from, 72);
    assert_eq!(of("flood-gauge", "depth", late), 0.0, "the water is gone");
}

#[test]
fn a_pump_that_is_switched_on_lowers_the_water_beside_it() {
    let storm = storm();
    let at = storm.peak;
    let make = || {
        city(
            2025,
            105.852,
            None,
            Some(storm.clone()),
            &PROFILES.map(|name| (name, name)),
        )
    };
    let (idle, pumping) = (make(), make());
    let moment = |hours: u64| Moment::new(at, at.plus(std::time::Duration::from_secs(hours * 3_600)));
    let pump = index("pump");
    assert!(pumping.takes_commands(pump) && !pumping.takes_commands(index("rain-gauge")));
    let order = |on: bool| {
        serde_json::from_value(serde_json::json!({"id": format!("{on}"), "name": "pump.set", "params": {"on": on}}))
    };
    assert!(pumping.obey(pump, &order(true).unwrap(), at).ok);
    let depth = |city: &City| numbers(city, index("flood-gauge"), moment(2))["depth"];
    assert!(
        depth(&pumping) < depth(&idle) - 0.05,
        "{} and {}",
        depth(&pumping),
        depth(&idle)
    );
    assert!(numbers(&pumping, pump, moment(1))["flow"] > 500.0);
    assert_eq!(numbers(&idle, pump, moment(1))["flow"], 0.0);
    assert_eq!(pumping.measure(pump, moment(1)).unwrap()[0].value, Measured::Flag(true));
    assert!(pumping.obey(pump, &order(false).unwrap(), moment(2).at).ok);
    assert_eq!(numbers(&pumping, pump, moment(3))["flow"], 0.0);
}
