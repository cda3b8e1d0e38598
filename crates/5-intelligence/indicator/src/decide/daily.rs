//! The index of one local day (QĐ 1459/QĐ-TCMT, 2.2.2).

use super::{join, scale};
use crate::model::{Hour, Index, Means, Part, Pollutant};
use crate::standard::air_index::AirIndex;
use std::collections::BTreeMap;

/// Hours of a day.
pub const HOURS: i64 = 24;
/// How far before the day its first 8-hour mean reaches back: the one that ends at 01:00 begins at 17:00.
pub const REACH: i64 = 7;

/// The index of the day that begins with `first`, from hourly means of it and of the [`REACH`] hours before.
pub fn daily(means: &Means, first: Hour, standard: &AirIndex) -> Option<Index> {
    let parts = means.iter().filter_map(|(pollutant, hours)| {
        let part = if *pollutant == Pollutant::O3 {
            ozone(hours, first, standard)?
        } else {
            let values = of_day(hours, first);
            if values.len() < standard.day.min_hours {
                return None;
            }
            let concentration = if standard.day.mean.contains(pollutant) {
                values.iter().sum::<f64>() / values.len() as f64
            } else {
                largest(values)?
            };
            part(concentration, standard.steps.get(pollutant)?)?
        };
        Some((*pollutant, part))
    });
    join(parts.collect(), &standard.needs_one_of)
}

fn of_day(hours: &BTreeMap<Hour, f64>, first: Hour) -> Vec<f64> {
    hours.range(first..first.plus(HOURS)).map(|(_, mean)| *mean).collect()
}

fn largest(values: impl IntoIterator<Item = f64>) -> Option<f64> {
    values.into_iter().reduce(f64::max)
}

fn part(concentration: f64, steps: &[crate::standard::air_index::Step]) -> Option<Part> {
    let exact = scale::index_of(concentration, steps)?;
    Some(Part { concentration, exact })
}

/// The larger index of the largest hourly mean and the largest 8-hour mean; the latter does not count above the end of
/// its scale.
fn ozone(hours: &BTreeMap<Hour, f64>, first: Hour, standard: &AirIndex) -> Option<Part> {
    let values = of_day(hours, first);
    if values.len() < standard.day.min_hours {
        return None;
    }
    let hourly = part(largest(values)?, standard.steps.get(&Pollutant::O3)?)?;
    let eight = largest(
        eight_hour_means(hours, first, standard.day.min_hours_of_8)
            .into_iter()
            .flatten(),
    )
    .filter(|mean| *mean <= standard.day.o3_8h_up_to)
    .and_then(|mean| part(mean, &standard.o3_8h));
    Some(eight.filter(|eight| eight.exact > hourly.exact).unwrap_or(hourly))
}

/// The 24 means of eight consecutive hours that end within the day, the one that ends at 01:00 first; `None` where fewer
/// than `least` of the eight hours are known.
pub fn eight_hour_means(hours: &BTreeMap<Hour, f64>, first: Hour, least: usize) -> Vec<Option<f64>> {
    first
        .until(first.plus(HOURS))
        .map(|last| {
            let window = hours.range(last.plus(-REACH)..=last);
            let (count, sum) = window.fold((0, 0.0), |(count, sum), (_, mean)| (count + 1, sum + mean));
            (count >= least.max(1)).then(|| sum / count as f64)
        })
        .collect()
}
