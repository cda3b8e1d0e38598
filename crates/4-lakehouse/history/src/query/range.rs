//! Ranges of series for charts: rows of the table and of the log, or roll-ups where they are enough.

mod raw;
mod rolled;

use super::bound::Threads;
use super::error::QueryError;
use super::ground::{Ground, Pinned};
use super::visible::Visible;
use crate::chart::{self, Columns, Gap, Point};
use crate::model::TableName;
use datafusion::execution::SessionStateBuilder;
use datafusion::execution::context::SessionConfig;
use datafusion::execution::context::SessionState;
use kernel::actor::Actor;
use kernel::quality::{Grade, Quality};
use kernel::series::{SeriesId, SeriesInfo};
use kernel::time::Timestamp;
use kernel::value::ValueKind;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Series of one question at most.
pub const MAX_SERIES: usize = 20;
/// Points of one series at most.
pub const MAX_POINTS: usize = 10_000;
/// Rows of one series that are read for one chart.
const MAX_ROWS: usize = 2_000_000;
/// Expected rows above which roll-ups are asked instead, where they fit.
const COMFORT_ROWS: i64 = 200_000;
/// Longest time of one question.
const TIME: Duration = Duration::from_secs(20);
/// Memory of one question, in MiB.
const MEMORY_MIB: usize = 256;

/// How points are chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Smallest and largest value of each stretch.
    MinMax,
    /// Largest triangles.
    Lttb,
    /// Mean of each bucket.
    Mean,
}

impl Method {
    /// Its word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::MinMax => "minmax",
            Self::Lttb => "lttb",
            Self::Mean => "mean",
        }
    }
}

/// Which rows count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QualityFilter {
    /// Good ones only.
    Good,
    /// Good and suspect ones.
    Usable,
    /// All, bad ones too.
    All,
}

impl QualityFilter {
    fn lets(self, quality: Quality) -> bool {
        match self {
            Self::Good => quality.grade() == Grade::Good,
            Self::Usable => quality.grade() != Grade::Bad,
            Self::All => true,
        }
    }
}

/// A question.
#[derive(Clone, Debug)]
pub struct RangeAsk {
    /// Series, at most [`MAX_SERIES`].
    pub series: Vec<SeriesId>,
    /// First instant.
    pub from: Timestamp,
    /// First instant that is not asked any more.
    pub to: Timestamp,
    /// Points of each series at most, 1 to [`MAX_POINTS`].
    pub points: usize,
    /// How they are chosen.
    pub method: Method,
    /// Length of the buckets of [`Method::Mean`]; absent: as `points` needs it.
    pub bucket: Option<Duration>,
    /// Which rows count.
    pub quality: QualityFilter,
    /// Seconds by which local time is ahead of UTC: buckets of whole days begin at local midnight.
    pub zone_offset_s: i32,
}

/// An answer.
#[derive(Debug)]
pub struct RangeAnswer {
    /// In the order of the question.
    pub items: Vec<SeriesRange>,
    /// Everything that had arrived by then was looked at.
    pub known_to: Timestamp,
}

/// The range of one series.
#[derive(Debug)]
pub struct SeriesRange {
    /// Which one.
    pub info: Arc<SeriesInfo>,
    /// How its points were chosen; long ranges are answered with means whatever was asked.
    pub method: Method,
    /// Length of the buckets, when the points stand for buckets.
    pub bucket: Option<Duration>,
    /// The points.
    pub points: Vec<Point>,
    /// Stretches in which the series was silent.
    pub gaps: Vec<Gap>,
}

/// Answers ranges.
#[derive(Debug)]
pub struct Ranges {
    ground: Arc<Ground>,
    threads: Threads,
}

impl Ranges {
    pub(crate) fn new(ground: Arc<Ground>, threads: usize) -> Self {
        Self {
            ground,
            threads: Threads::new(threads, 4, 64),
        }
    }

    /// Answers within the actor's scope. A series that the actor may not see does not exist.
    pub(crate) async fn ask(&self, actor: &Actor, ask: RangeAsk) -> Result<RangeAnswer, QueryError> {
        let infos = self.infos(actor, &ask)?;
        let ground = Arc::clone(&self.ground);
        let work = |stop: CancellationToken| async move {
            let visible = Visible::only(infos.iter().map(|info| info.id));
            let pinned = ground.pin_for(visible).await?;
            let session = session(&ground)?;
            let known_to = pinned.known_to;
            let mut items = Vec::with_capacity(infos.len());
            for info in infos {
                if stop.is_cancelled() {
                    return Err(QueryError::Ended);
                }
                items.push(one(&session, &pinned, info, &ask).await?);
            }
            Ok(RangeAnswer { items, known_to })
        };
        let late = || QueryError::Time(TIME.as_secs());
        self.threads.run(tokio::time::sleep(TIME), late, work).await
    }

    fn infos(&self, actor: &Actor, ask: &RangeAsk) -> Result<Vec<Arc<SeriesInfo>>, QueryError> {
        if ask.from >= ask.to {
            let detail = format!("from is {} and to is {}; from must be before to", ask.from, ask.to);
            return Err(QueryError::Invalid("to", detail));
        }
        if ask.series.is_empty() || ask.series.len() > MAX_SERIES {
            let detail = format!("{} series are asked; ask for 1 to {MAX_SERIES}", ask.series.len());
            return Err(QueryError::Invalid("series", detail));
        }
        let find = |series: &SeriesId| {
            let info = self.ground.registry.info(*series);
            let info = info.filter(|info| actor.scope.sees_of(&info.org, &info.areas, info.classification));
            let info = info.ok_or(QueryError::NoSeries(series.0))?;
            if matches!(info.kind, ValueKind::Number | ValueKind::Boolean) {
                return Ok(info);
            }
            let detail = format!(
                "series {} has no numbers; read it with POST /api/v1/sql from observations",
                series.0
            );
            Err(QueryError::Invalid("series", detail))
        };
        ask.series.iter().map(find).collect()
    }
}

fn session(ground: &Ground) -> Result<SessionState, QueryError> {
    Ok(SessionStateBuilder::new()
        .with_config(SessionConfig::new().with_target_partitions(1))
        .with_runtime_env(ground.surroundings(MEMORY_MIB << 20)?)
        .build())
}

/// How a series is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// From rows.
    Rows,
    /// From a roll-up, in buckets of so many microseconds.
    Rolled(TableName, i64),
}

const FIVE_MINUTES: i64 = 300_000_000;
const HOUR: i64 = 3_600_000_000;
const DAY: i64 = 24 * HOUR;

/// The coarsest roll-up whose buckets make up `bucket`.
fn rollup_for(bucket: i64) -> Option<TableName> {
    match bucket {
        bucket if bucket % HOUR == 0 => Some(TableName::Rollup1h),
        bucket if bucket % FIVE_MINUTES == 0 => Some(TableName::Rollup5m),
        _ => None,
    }
}

/// Decides before anything is read.
fn way(ask: &RangeAsk, info: &SeriesInfo) -> Result<(Way, Option<i64>), QueryError> {
    let span = ask.to.micros().saturating_sub(ask.from.micros());
    let rolls = ask.quality == QualityFilter::Usable && info.kind == ValueKind::Number;
    if ask.method == Method::Mean {
        let bucket = match ask.bucket {
            Some(bucket) => i64::try_from(bucket.as_micros()).unwrap_or(i64::MAX).max(1),
            None => nice(share(span, ask.points)),
        };
        let count = span / bucket + 2;
        if count > MAX_POINTS as i64 {
            let detail = format!(
                "the range has {count} buckets; {MAX_POINTS} are given at once: ask for a shorter range or longer buckets"
            );
            return Err(QueryError::Invalid("bucket", detail));
        }
        let way = rollup_for(bucket)
            .filter(|_| rolls)
            .map_or(Way::Rows, |table| Way::Rolled(table, bucket));
        return Ok((way, Some(bucket)));
    }
    let every = info
        .contract
        .interval_s
        .map_or(60_000_000, |seconds| i64::from(seconds.max(1)) * 1_000_000);
    if rolls && span / every > COMFORT_ROWS {
        let bucket = nice(share(span, ask.points).max(FIVE_MINUTES));
        if let Some(table) = rollup_for(bucket) {
            return Ok((Way::Rolled(table, bucket), Some(bucket)));
        }
    }
    Ok((Way::Rows, None))
}

/// A span cut into so many parts, rounded up.
fn share(span: i64, parts: usize) -> i64 {
    let parts = parts.max(1) as i64;
    span / parts + i64::from(span % parts != 0)
}

/// The next length that people know.
fn nice(micros: i64) -> i64 {
    const SECOND: i64 = 1_000_000;
    const KNOWN: [i64; 19] = [
        1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400, 604_800,
    ];
    KNOWN
        .iter()
        .map(|seconds| seconds * SECOND)
        .find(|known| *known >= micros)
        .unwrap_or_else(|| (micros / DAY).saturating_add(1).saturating_mul(DAY))
}

async fn one(
    session: &SessionState,
    pinned: &Pinned,
    info: Arc<SeriesInfo>,
    ask: &RangeAsk,
) -> Result<SeriesRange, QueryError> {
    let (way, bucket) = way(ask, &info)?;
    let (from, to) = (ask.from.micros(), ask.to.micros());
    let offset = match bucket {
        Some(bucket) if bucket % DAY == 0 => i64::from(ask.zone_offset_s) * 1_000_000,
        _ => 0,
    };
    let until = pinned.known_to.micros();
    let promised = info.contract.interval_s;
    if let Way::Rolled(table, bucket) = way {
        let points = rolled::points(session, pinned, info.id, table, (from, to), bucket, offset).await?;
        let times: Vec<i64> = points.iter().map(|point| point.time).collect();
        let expected = chart::expected_interval(promised, &times).unwrap_or(bucket).max(bucket);
        // a bucket that has begun is no silence before it ends
        let gaps = chart::gaps(&times, expected, from, to, until.saturating_sub(bucket));
        return Ok(SeriesRange {
            info,
            method: Method::Mean,
            bucket: Some(micros(bucket)),
            points,
            gaps,
        });
    }
    let rows = raw::rows(session, pinned, info.id, (from, to), ask.quality).await?;
    let gaps = chart::expected_interval(promised, &rows.time)
        .map_or_else(Vec::new, |expected| chart::gaps(&rows.time, expected, from, to, until));
    let points = match ask.method {
        Method::Mean => chart::mean(&rows, bucket.unwrap_or(1), offset),
        _ if info.kind == ValueKind::Boolean => chart::steps(&rows, ask.points),
        Method::MinMax => chart::minmax(&rows, ask.points),
        Method::Lttb => chart::lttb(&rows, ask.points),
    };
    Ok(SeriesRange {
        info,
        method: ask.method,
        bucket: bucket.map(micros),
        points,
        gaps,
    })
}

fn micros(bucket: i64) -> Duration {
    Duration::from_micros(u64::try_from(bucket).unwrap_or(0))
}

/// The rows of a series, for whoever computes with them inside the house.
pub(crate) type RangeRows = Columns;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_have_lengths_that_people_know() {
        const SECOND: i64 = 1_000_000;
        for (needed, given) in [
            (1, SECOND),
            (SECOND, SECOND),
            (61 * SECOND, 120 * SECOND),
            (HOUR + 1, 2 * HOUR),
            (8 * DAY - 1, 8 * DAY),
        ] {
            assert_eq!(nice(needed), given);
        }
        assert_eq!(rollup_for(2 * HOUR), Some(TableName::Rollup1h));
        assert_eq!(rollup_for(2 * FIVE_MINUTES), Some(TableName::Rollup5m));
        assert_eq!(rollup_for(SECOND), None);
    }
}
