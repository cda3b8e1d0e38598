//! The stations: learned from the series that exist, asked for by the task that computes and by whoever reads.

use super::ground::Catalogue;
use crate::error::IndicatorError;
use crate::model::definition::Definition;
use crate::model::library::Library;
use crate::model::{Input, Pollutant, Station};
use kernel::series::{SeriesId, SeriesInfo};
use kernel::text::LangText;
use kernel::time::Timestamp;
use kernel::unit::conversion;
use kernel::value::ValueKind;
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

/// Series looked at in one step.
const STEP: usize = 10_000;

#[derive(Debug, Default)]
struct Known {
    /// The next series number to look at.
    next: u32,
    stations: BTreeMap<Arc<str>, Arc<Station>>,
    /// The station of a series, by the series' number; most numbers have none.
    of_series: Vec<Option<Arc<str>>>,
    /// For which library this was learned.
    library: Option<Arc<Library>>,
}

/// All stations of one tenant.
#[derive(Debug)]
pub struct Stations {
    catalogue: Arc<dyn Catalogue>,
    known: RwLock<Known>,
}

impl Stations {
    /// None are known yet.
    pub fn new(catalogue: Arc<dyn Catalogue>) -> Self {
        Self {
            catalogue,
            known: RwLock::default(),
        }
    }

    /// Looks at the series that are new since the last time; at all of them when the pack has changed.
    pub fn learn(&self, library: &Arc<Library>, indicator: &str, now: Timestamp) -> Result<(), IndicatorError> {
        let definition = library.indicator(indicator)?;
        let unit = &library.air_index(definition, now)?.table.unit;
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if !known
            .library
            .as_ref()
            .is_some_and(|before| Arc::ptr_eq(before, library))
        {
            *known = Known {
                library: Some(Arc::clone(library)),
                ..Known::default()
            };
        }
        loop {
            let series = self.catalogue.series(known.next, STEP);
            for info in &series {
                known.take(info, definition, unit);
                known.next = info.id.0.saturating_add(1);
            }
            if series.len() < STEP {
                return Ok(());
            }
        }
    }

    /// All stations, by their NGSI-LD ids.
    pub fn all(&self) -> Vec<Arc<Station>> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.stations.values().cloned().collect()
    }

    /// A station.
    pub fn get(&self, entity: &str) -> Option<Arc<Station>> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.stations.get(entity).cloned()
    }

    /// Which station each series number belongs to; a cheap answer for many rows.
    pub fn of_series(&self, series: impl Iterator<Item = SeriesId>, mut visit: impl FnMut(usize, &Arc<str>)) {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        for (row, series) in series.enumerate() {
            if let Some(Some(entity)) = known.of_series.get(series.0 as usize) {
                visit(row, entity);
            }
        }
    }
}

impl Known {
    fn take(&mut self, info: &SeriesInfo, definition: &Definition, unit: &str) {
        let Some(pollutant) = Pollutant::of(&info.attribute).filter(|_| info.kind == ValueKind::Number) else {
            return;
        };
        if info.entity.split(':').nth(2) != Some(definition.entity_type.as_str()) {
            return;
        }
        let Some(factor) = conversion(info.unit.as_str(), unit) else {
            tracing::warn!(
                series = info.id.0,
                unit = %info.unit,
                "this unit cannot become {unit}; the series does not count for the index"
            );
            return;
        };
        let entity: Arc<str> = Arc::clone(&info.entity);
        let station = self.stations.entry(Arc::clone(&entity)).or_insert_with(|| {
            Arc::new(Station {
                entity: info.entity.to_string(),
                device: info.device.clone(),
                title: LangText::clone(&info.title),
                org: info.org.clone(),
                areas: info.areas.clone(),
                place: info.place,
                classification: info.classification,
                inputs: Vec::new(),
            })
        });
        let station = Arc::make_mut(station);
        // two instruments for the same thing: the first one counts
        if station.inputs.iter().any(|input| input.pollutant == pollutant) {
            return;
        }
        station.classification = station.classification.max(info.classification);
        station.inputs.push(Input {
            series: info.id,
            pollutant,
            factor: factor.factor,
            offset: factor.offset,
        });
        let place = info.id.0 as usize;
        if self.of_series.len() <= place {
            self.of_series.resize(place + 1, None);
        }
        self.of_series[place] = Some(entity);
    }
}
