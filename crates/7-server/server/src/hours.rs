//! The ports of `indicator`: hourly means, the list of series, and the way back onto the main road.
//!
//! The hours since the start are folded from the tail of the hot log, in memory, because they are asked for at every look at
//! the map; older ones, and those that began before the log that is still there, come from `history`.

use async_trait::async_trait;
use history::query::range::{MAX_SERIES, Method, QualityFilter, RangeAsk};
use history::service::History;
use indicator::error::IndicatorError;
use indicator::model::{Hour, HourMean, Pollutant};
use indicator::store::ground::{Catalogue, HourlyMeans, Lineage, Outlet};
use kernel::actor::Actor;
use kernel::batch::Batch;
use kernel::block::Block;
use kernel::clock::Clock;
use kernel::position::Position;
use kernel::quality::Grade;
use kernel::series::{SeriesId, SeriesInfo};
use kernel::time::Timestamp;
use kernel::value::ValueKind;
use observation::derived::Derivation;
use observation::series::SeriesRegistry;
use observation::service::Observations;
use ports::error::PortError;
use ports::series::SeriesLog;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// Hours that are kept in memory: a day, the hours that its first means reach back, and a day of lateness.
const KEPT: i64 = 56;
/// How far ahead of its arrival a value may be, generously.
const AHEAD: Duration = Duration::from_secs(3_600);
/// Hours of one question to `history`.
const STRETCH: i64 = 24 * 31;
/// Bytes of log that are read at once.
const BYTES: usize = 4 << 20;
/// Series looked at in one step.
const STEP: usize = 10_000;

/// The series registry as the catalogue of `indicator`.
#[derive(Debug)]
pub(crate) struct AllSeries(pub(crate) Arc<SeriesRegistry>);

impl Catalogue for AllSeries {
    fn series(&self, first: u32, limit: usize) -> Vec<Arc<SeriesInfo>> {
        self.0.from(first, limit)
    }
}

/// `observation` as the way back: computed rows enter like all others.
#[derive(Debug)]
pub(crate) struct WayBack {
    pub(crate) observations: Observations,
    pub(crate) actor: Actor,
    pub(crate) clock: Arc<dyn Clock>,
}

fn refused(error: impl std::fmt::Display) -> IndicatorError {
    IndicatorError::Refused(error.to_string())
}

#[async_trait]
impl Outlet for WayBack {
    async fn series(&self, wanted: Vec<(SeriesInfo, Lineage)>) -> Result<Vec<Arc<SeriesInfo>>, IndicatorError> {
        let wanted = wanted.into_iter().map(|(info, lineage)| {
            let derivation = Derivation {
                by: lineage.by,
                version: lineage.version,
                inputs: lineage.inputs,
            };
            (info, derivation)
        });
        let made = self.observations.derive(&self.actor, wanted.collect()).await;
        made.map_err(refused)
    }

    async fn write(&self, rows: Batch) -> Result<u32, IndicatorError> {
        let received = self.clock.now();
        let receipt = self.observations.accept_derived(&self.actor, received, rows).await;
        receipt.map(|receipt| receipt.accepted).map_err(refused)
    }
}

/// Hourly means from the tail of the hot log, and from `history` behind it.
#[derive(Debug)]
pub(crate) struct Hours {
    log: SeriesLog,
    registry: Arc<SeriesRegistry>,
    clock: Arc<dyn Clock>,
    history: History,
    actor: Actor,
    fold: tokio::sync::Mutex<Fold>,
}

#[derive(Debug, Default)]
struct Fold {
    position: Position,
    /// From this hour on every value is in the fold; `None` while nothing was read.
    whole_from: Option<Hour>,
    /// The next series number to look at, and for those before whether they count.
    counts: Vec<bool>,
    /// Values by hour and series, in the order of their times.
    hours: BTreeMap<(Hour, SeriesId), Vec<(i64, f64)>>,
}

impl Hours {
    pub(crate) fn new(
        log: SeriesLog,
        registry: Arc<SeriesRegistry>,
        clock: Arc<dyn Clock>,
        history: History,
        actor: Actor,
    ) -> Self {
        Self {
            log,
            registry,
            clock,
            history,
            actor,
            fold: tokio::sync::Mutex::default(),
        }
    }

    /// Everything that is durable now is in the fold.
    async fn catch_up(&self, fold: &mut Fold) -> Result<(), PortError> {
        let oldest = Hour::of(self.clock.now()).plus(-KEPT);
        loop {
            let blocks = self.log.read(fold.position, BYTES).await?;
            let (Some((first, block)), Some((last, _))) = (blocks.first(), blocks.last()) else {
                break;
            };
            if fold.whole_from.is_none() {
                fold.whole_from = Some(whole_from(*first, block));
            }
            fold.position = *last;
            fold.learn(&self.registry);
            for (_, block) in &blocks {
                fold.take(block, oldest);
            }
        }
        while let Some(((hour, _), _)) = fold.hours.first_key_value() {
            if *hour >= oldest {
                break;
            }
            fold.hours.pop_first();
        }
        Ok(())
    }
}

impl Fold {
    fn learn(&mut self, registry: &SeriesRegistry) {
        loop {
            let series = registry.from(self.counts.len() as u32, STEP);
            let counts =
                |info: &Arc<SeriesInfo>| Pollutant::of(&info.attribute).is_some() && info.kind == ValueKind::Number;
            self.counts.extend(series.iter().map(counts));
            if series.len() < STEP {
                return;
            }
        }
    }

    fn take(&mut self, block: &Block, oldest: Hour) {
        let batch = &block.batch;
        for (row, series) in batch.series.iter().enumerate() {
            if !self.counts.get(series.0 as usize).copied().unwrap_or(false) {
                continue;
            }
            let (hour, time) = (Hour::of(batch.time[row]), batch.time[row].micros());
            if hour < oldest {
                continue;
            }
            let values = self.hours.entry((hour, *series)).or_default();
            let place = values.partition_point(|(known, _)| *known < time);
            let same = values.get(place).is_some_and(|(known, _)| *known == time);
            let value = f64::from_bits(batch.bits[row]);
            match (same, batch.quality[row].grade()) {
                (true, Grade::Bad) => drop(values.remove(place)),
                (false, Grade::Bad) => {}
                (true, _) => values[place].1 = value,
                (false, _) => values.insert(place, (time, value)),
            }
        }
    }
}

/// What arrived before the first block that is still there is not in the fold; its hours end soon after that.
fn whole_from(first: Position, block: &Block) -> Hour {
    let is_first = first.epoch == 0 && first.sequence <= 1;
    match block.runs.first() {
        Some(run) if !is_first => Hour::of(run.received.plus(AHEAD)).plus(1),
        _ => Hour::of(Timestamp::EPOCH),
    }
}

#[async_trait]
impl HourlyMeans for Hours {
    async fn hourly(&self, series: &[SeriesId], from: Hour, until: Hour) -> Result<Vec<HourMean>, PortError> {
        let mut fold = self.fold.lock().await;
        self.catch_up(&mut fold).await?;
        let kept = Hour::of(self.clock.now()).plus(-KEPT);
        // nothing was read: nothing is in the log
        let here = fold
            .whole_from
            .map_or(until, |whole| whole.max(kept))
            .clamp(from, until);
        let mut means = Vec::new();
        for hour in here.until(until) {
            for series in series {
                let values = fold.hours.get(&(hour, *series)).filter(|values| !values.is_empty());
                means.extend(values.map(|values| HourMean {
                    series: *series,
                    hour,
                    mean: values.iter().map(|(_, value)| value).sum::<f64>() / values.len() as f64,
                    count: values.len() as u32,
                }));
            }
        }
        drop(fold);
        self.older(series, from, here, &mut means).await?;
        Ok(means)
    }
}

impl Hours {
    /// Means of hours that are not in memory.
    async fn older(
        &self,
        series: &[SeriesId],
        mut from: Hour,
        until: Hour,
        means: &mut Vec<HourMean>,
    ) -> Result<(), PortError> {
        while from < until {
            let end = from.plus(STRETCH).min(until);
            for series in series.chunks(MAX_SERIES) {
                let ask = RangeAsk {
                    series: series.to_vec(),
                    from: from.start(),
                    to: end.start(),
                    points: STRETCH as usize + 1,
                    method: Method::Mean,
                    bucket: Some(Duration::from_secs(3_600)),
                    quality: QualityFilter::Usable,
                    zone_offset_s: 0,
                };
                let answer = self.history.range(&self.actor, ask).await;
                let answer = answer.map_err(|error| PortError::Unavailable(format!("hourly means: {error}")))?;
                for range in answer.items {
                    means.extend(range.points.iter().map(|point| {
                        HourMean {
                            series: range.info.id,
                            hour: Hour::of(Timestamp::from_micros(point.time)),
                            mean: point.value,
                            count: point
                                .bucket
                                .map_or(1, |bucket| u32::try_from(bucket.count).unwrap_or(u32::MAX)),
                        }
                    }));
                }
            }
            from = end;
        }
        Ok(())
    }
}
