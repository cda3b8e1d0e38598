//! Computes what is due: loads the hourly means of a stretch of time once, then each hour and day in it.

use super::outputs::{Output, Owner};
use super::touched::Due;
use super::{Computing, State, Turned};
use crate::decide::area::area;
use crate::error::IndicatorError;
use crate::model::definition::Definition;
use crate::model::library::Library;
use crate::model::{Hour, Index, Means, Station};
use crate::service::Span;
use crate::standard::air_index::AirIndex;
use access::area::Area;
use kernel::area::AreaCode;
use kernel::batch::Batch;
use kernel::quality::Quality;
use kernel::value::ValueKind;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Longest stretch whose means are loaded at once, in hours.
const STRETCH: i64 = 96;
/// Rows that are handed over at once.
const ROWS: usize = 20_000;

/// One computed value.
struct Row {
    owner: Owner,
    span: Span,
    index: u16,
    /// Code of its band, for hours.
    band: Option<String>,
}

/// A station's hour that may change its level.
pub(super) struct Fresh {
    pub(super) station: Arc<Station>,
    pub(super) span: Span,
    pub(super) index: Index,
}

impl Computing {
    /// Computes the given hours and days, stores the results and tells of changed levels.
    pub(super) async fn compute(
        &self,
        state: &mut State,
        library: &Library,
        definition: &Definition,
        due: &[Due],
    ) -> Result<Turned, IndicatorError> {
        let stations = self.indicators.stations.all();
        let mut turned = Turned {
            computed: due.len(),
            ..Turned::default()
        };
        for stretch in stretches(library, definition, due) {
            let (rows, fresh) = self.stretch(library, definition, &stations, &stretch).await?;
            turned.stored += self.hand_over(state, definition, rows).await?;
            turned.told += self.judge(state, library, definition, fresh).await?;
        }
        metrics::counter!("hanoi_ioc_indicator_computed_total").increment(due.len() as u64);
        metrics::counter!("hanoi_ioc_indicator_stored_total").increment(u64::from(turned.stored));
        Ok(turned)
    }

    async fn stretch(
        &self,
        library: &Library,
        definition: &Definition,
        stations: &[Arc<Station>],
        stretch: &Stretch,
    ) -> Result<(Vec<Row>, Vec<Fresh>), IndicatorError> {
        let touched: BTreeSet<&str> = stretch.spans.values().flatten().map(AsRef::as_ref).collect();
        let areas: BTreeSet<&AreaCode> = stations
            .iter()
            .filter(|station| touched.contains(station.entity.as_str()))
            .flat_map(|station| &station.areas)
            .collect();
        // a station of the same area counts for the area's value, touched or not
        let counts = |station: &&Arc<Station>| {
            touched.contains(station.entity.as_str()) || station.areas.iter().any(|code| areas.contains(code))
        };
        let counting: Vec<Arc<Station>> = stations.iter().filter(counts).cloned().collect();
        let means = self.indicators.means(&counting, stretch.from, stretch.until).await?;
        let (mut rows, mut fresh) = (Vec::new(), Vec::new());
        for (span, entities) in &stretch.spans {
            let Ok(edition) = library.air_index(definition, span.start()) else {
                continue; // nothing was in force then
            };
            let known = known(&counting, &means, *span, &edition.table);
            for (station, index) in known
                .iter()
                .filter(|(station, _)| entities.contains(station.entity.as_str()))
            {
                rows.push(Row::new(Owner::station(station), *span, index.value, &edition.table));
                fresh.push(Fresh {
                    station: Arc::clone(station),
                    span: *span,
                    index: index.clone(),
                });
            }
            for place in self.indicators.areas.all() {
                let (row, code) = match AreaCode::new(&place.code) {
                    Ok(code) if areas.contains(&code) => {
                        (area_row(definition, place, &code, &known, *span, &edition.table), code)
                    }
                    _ => continue,
                };
                let is_touched = |station: &&(Arc<Station>, Index)| {
                    entities.contains(station.0.entity.as_str()) && station.0.areas.contains(&code)
                };
                if known.iter().any(|station| is_touched(&station)) {
                    rows.extend(row);
                }
            }
        }
        Ok((rows, fresh))
    }

    async fn hand_over(
        &self,
        state: &mut State,
        definition: &Definition,
        rows: Vec<Row>,
    ) -> Result<u32, IndicatorError> {
        let wanted = rows
            .iter()
            .flat_map(|row| row.outputs().map(|output| (&row.owner, output)));
        state.outputs.ready(self.outlet.as_ref(), definition, wanted).await?;
        let mut stored = 0;
        for rows in rows.chunks(ROWS) {
            let mut batch = Batch::default();
            for row in rows {
                for output in row.outputs() {
                    let Some(series) = state.outputs.get(&row.owner, output) else {
                        continue;
                    };
                    let time = row.span.start();
                    match (output, &row.band) {
                        (Output::Level, Some(band)) => {
                            batch.push_bytes(series, time, ValueKind::Text, band.as_bytes(), Quality::GOOD);
                        }
                        (Output::Level, None) => {}
                        (Output::Hour | Output::Day, _) => {
                            // one zero, as the intake of devices keeps it
                            let bits = f64::from(row.index).to_bits();
                            batch.push_bits(series, time, ValueKind::Number, bits, Quality::GOOD);
                        }
                    }
                }
            }
            stored += self.outlet.write(batch).await?;
        }
        Ok(stored)
    }
}

impl Row {
    fn new(owner: Owner, span: Span, index: u16, standard: &AirIndex) -> Self {
        let band = match span {
            Span::Hour(_) => standard.band(index).map(|band| band.code.clone()),
            Span::Day(_) => None,
        };
        Self {
            owner,
            span,
            index,
            band,
        }
    }

    fn outputs(&self) -> impl Iterator<Item = Output> + use<> {
        let outputs: &[Output] = match self.span {
            Span::Hour(_) => &[Output::Hour, Output::Level],
            Span::Day(_) => &[Output::Day],
        };
        outputs.iter().copied()
    }
}

fn known(stations: &[Arc<Station>], means: &[Means], span: Span, standard: &AirIndex) -> Vec<(Arc<Station>, Index)> {
    let pairs = stations.iter().zip(means);
    pairs
        .filter_map(|(station, means)| Some((Arc::clone(station), span.index(means, standard)?)))
        .collect()
}

/// The value of an area by the stations inside; the nearest one of another area is an answer, but no observation.
fn area_row(
    definition: &Definition,
    place: &Area,
    code: &AreaCode,
    known: &[(Arc<Station>, Index)],
    span: Span,
    standard: &AirIndex,
) -> Option<Row> {
    let values = known
        .iter()
        .map(|(station, index)| (station.as_ref(), index.value, Arc::clone(station)));
    let chosen = area(definition.areas, code, None, values)?;
    let mut inside = chosen.from;
    inside.sort_by(|a, b| a.entity.cmp(&b.entity));
    Some(Row::new(Owner::area(place, &inside)?, span, chosen.value, standard))
}

/// Hours and days whose means are loaded together.
struct Stretch {
    from: Hour,
    until: Hour,
    spans: BTreeMap<Span, BTreeSet<Arc<str>>>,
}

fn stretches(library: &Library, definition: &Definition, due: &[Due]) -> Vec<Stretch> {
    let mut due: Vec<&Due> = due.iter().collect();
    due.sort_by_key(|due| due.span.start());
    let mut stretches: Vec<Stretch> = Vec::new();
    for due in due {
        let Ok(edition) = library.air_index(definition, due.span.start()) else {
            continue;
        };
        let (from, until) = due.span.needs(&edition.table);
        let fits = |stretch: &&mut Stretch| until <= stretch.from.plus(STRETCH);
        match stretches.last_mut().filter(fits) {
            Some(stretch) => {
                stretch.from = stretch.from.min(from);
                stretch.until = stretch.until.max(until);
                stretch
                    .spans
                    .entry(due.span)
                    .or_default()
                    .insert(Arc::clone(&due.entity));
            }
            None => stretches.push(Stretch {
                from,
                until,
                spans: BTreeMap::from([(due.span, BTreeSet::from([Arc::clone(&due.entity)]))]),
            }),
        }
    }
    stretches
}
