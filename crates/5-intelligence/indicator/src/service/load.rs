//! From stations to their hourly means, and from means to indices.

use super::{Indicators, Span};
use crate::error::IndicatorError;
use crate::model::{Hour, Index, Means, Station};
use crate::standard::air_index::AirIndex;
use kernel::series::SeriesId;
use std::collections::HashMap;
use std::sync::Arc;

impl Indicators {
    /// The index of each station that has one, in the order given.
    pub(super) async fn indices(
        &self,
        stations: &[Arc<Station>],
        span: Span,
        standard: &AirIndex,
    ) -> Result<Vec<(Arc<Station>, Index)>, IndicatorError> {
        let (from, until) = span.needs(standard);
        let means = self.means(stations, from, until).await?;
        let indices = stations.iter().zip(means);
        Ok(indices
            .filter_map(|(station, means)| Some((Arc::clone(station), span.index(&means, standard)?)))
            .collect())
    }

    /// Hourly means of stations, in the unit of the index, in the order given.
    pub(crate) async fn means(
        &self,
        stations: &[Arc<Station>],
        from: Hour,
        until: Hour,
    ) -> Result<Vec<Means>, IndicatorError> {
        let mut places: HashMap<SeriesId, (usize, usize)> = HashMap::new();
        for (place, station) in stations.iter().enumerate() {
            for (input, known) in station.inputs.iter().enumerate() {
                places.insert(known.series, (place, input));
            }
        }
        let mut all = vec![Means::new(); stations.len()];
        if places.is_empty() {
            return Ok(all);
        }
        let mut series: Vec<SeriesId> = places.keys().copied().collect();
        series.sort_unstable();
        for mean in self.means.hourly(&series, from, until).await? {
            let Some((place, input)) = places.get(&mean.series) else {
                continue;
            };
            let input = &stations[*place].inputs[*input];
            let value = mean.mean * input.factor + input.offset;
            if value.is_finite() {
                all[*place].entry(input.pollutant).or_default().insert(mean.hour, value);
            }
        }
        Ok(all)
    }
}
