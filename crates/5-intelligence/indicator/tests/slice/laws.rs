//! Laws that hold for all concentrations, not only those of the examples.

use crate::pack::air_index;
use crate::vectors::hour;
use indicator::decide::daily::daily;
use indicator::decide::hourly::hourly;
use indicator::decide::nowcast::nowcast;
use indicator::decide::scale::index_of;
use indicator::model::{Hour, Means, Pollutant};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn pollutant() -> impl Strategy<Value = Pollutant> {
    prop::sample::select(Pollutant::ALL.to_vec())
}

fn any_means() -> impl Strategy<Value = Means> {
    let hours = prop::collection::btree_map((-8i64..26).prop_map(hour), 0.0..5_000.0f64, 0..34);
    prop::collection::btree_map(pollutant(), hours, 0..6)
}

proptest! {
    #[test]
    fn more_of_a_pollutant_is_never_better(pollutant in pollutant(), a in 0.0..200_000.0f64, b in 0.0..200_000.0f64) {
        let index = air_index();
        let (low, high) = if a < b { (a, b) } else { (b, a) };
        let steps = &index.steps[&pollutant];
        prop_assert!(index_of(low, steps) <= index_of(high, steps));
        prop_assert!(index_of(low, &index.o3_8h) <= index_of(high, &index.o3_8h));
    }

    #[test]
    fn a_small_change_is_a_small_change(pollutant in pollutant(), share in 0.0..1.0f64) {
        let index = air_index();
        let steps = &index.steps[&pollutant];
        let last = steps.last().unwrap().concentration;
        let (here, near) = (share * last, share * last + last * 1e-9);
        prop_assert!((index_of(here, steps).unwrap() - index_of(near, steps).unwrap()).abs() < 1e-4);
    }

    #[test]
    fn a_nowcast_lies_between_its_values(values in prop::collection::vec(prop::option::weighted(0.8, 0.0..1_000.0f64), 0..15)) {
        let rule = air_index().nowcast;
        let counted: Vec<f64> = values.iter().take(12).flatten().copied().collect();
        let recent = values.iter().take(3).flatten().count();
        match nowcast(&values, &rule) {
            None => prop_assert!(recent < 2),
            Some(found) => {
                prop_assert!(recent >= 2);
                let (least, most) = counted.iter().fold((f64::MAX, 0.0f64), |(a, b), v| (a.min(*v), b.max(*v)));
                prop_assert!(found <= most + 1e-9);
                // printed without a division, the sum for w = 1/2 falls short of a mean; never by more than what is missing
                let floor = if least > most / 2.0 { least - 1e-9 } else { 0.0 };
                prop_assert!(found >= floor);
            }
        }
    }

    #[test]
    fn an_index_lies_on_its_scale_and_is_the_worst_part(means in any_means(), day in any::<bool>()) {
        let index = air_index();
        let found = if day { daily(&means, hour(0), &index) } else { hourly(&means, hour(20), &index) };
        if let Some(found) = found {
            prop_assert!(found.value <= 500);
            prop_assert!(index.band(found.value).is_some());
            let worst = found.parts.values().map(|part| part.index()).max().unwrap();
            prop_assert_eq!(found.value, worst);
            prop_assert_eq!(found.parts[&found.main].index(), found.value);
            prop_assert!(found.parts.contains_key(&Pollutant::Pm25) || found.parts.contains_key(&Pollutant::Pm10));
        }
    }

    #[test]
    fn what_is_elsewhere_changes_nothing(means in any_means(), far in 100i64..1_000, value in 0.0..5_000.0f64) {
        let index = air_index();
        let mut more = means.clone();
        for away in [far, -far] {
            for pollutant in Pollutant::ALL {
                let hours: &mut BTreeMap<Hour, f64> = more.entry(pollutant).or_default();
                hours.insert(hour(away), value);
            }
        }
        prop_assert_eq!(hourly(&means, hour(20), &index), hourly(&more, hour(20), &index));
        prop_assert_eq!(daily(&means, hour(0), &index), daily(&more, hour(0), &index));
    }
}
