//! The index of one hour (QĐ 1459/QĐ-TCMT, 2.2.1).

use super::{join, nowcast, scale};
use crate::model::{Hour, Index, Means, Part};
use crate::standard::air_index::AirIndex;

/// The index of an hour from hourly means of it and of the hours before; nothing without PM10 and PM2.5.
pub fn hourly(means: &Means, hour: Hour, standard: &AirIndex) -> Option<Index> {
    let parts = means.iter().filter_map(|(pollutant, hours)| {
        let concentration = if standard.nowcast.pollutants.contains(pollutant) {
            let values: Vec<Option<f64>> = (0..standard.nowcast.hours as i64)
                .map(|back| hours.get(&hour.plus(-back)).copied())
                .collect();
            nowcast::nowcast(&values, &standard.nowcast)?
        } else {
            *hours.get(&hour)?
        };
        let exact = scale::index_of(concentration, standard.steps.get(pollutant)?)?;
        Some((*pollutant, Part { concentration, exact }))
    });
    join(parts.collect(), &standard.needs_one_of)
}
