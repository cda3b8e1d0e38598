//! Means of one series from a roll-up, with the buckets that later rows have touched computed from rows.

use super::{FIVE_MINUTES, HOUR, MAX_ROWS, QualityFilter, raw};
use crate::chart::{Bucket, Point};
use crate::lake::file::Span;
use crate::lake::schema::pack;
use crate::model::TableName;
use crate::query::error::QueryError;
use crate::query::ground::Pinned;
use crate::query::scan;
use crate::query::wanted::Wanted;
use datafusion::arrow::array::{Array, AsArray, RecordBatch};
use datafusion::arrow::datatypes::{Float64Type, Int32Type, Int64Type, TimestampMicrosecondType};
use datafusion::execution::context::SessionState;
use datafusion::physical_plan::execute_stream;
use futures::StreamExt;
use kernel::quality::{Doubt, Grade, Quality};
use kernel::series::SeriesId;
use std::collections::{BTreeMap, BTreeSet};

/// Stretches of touched buckets that are read one by one; more of them are read together.
const MAX_STRETCHES: usize = 8;

/// One bucket of a roll-up.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Rolled {
    count: i64,
    good: i64,
    sum: f64,
    min: f64,
    max: f64,
}

/// One point per bucket of `bucket` microseconds, which is a multiple of the roll-up's; buckets begin at multiples of it
/// after the epoch, less `offset`.
pub(super) async fn points(
    session: &SessionState,
    pinned: &Pinned,
    series: SeriesId,
    table: TableName,
    (from, to): (i64, i64),
    bucket: i64,
    offset: i64,
) -> Result<Vec<Point>, QueryError> {
    let width = if table == TableName::Rollup1h {
        HOUR
    } else {
        FIVE_MINUTES
    };
    // whole buckets, so that the first and the last one are as true as the others
    let begin = |time: i64| {
        (time.saturating_add(offset))
            .div_euclid(bucket)
            .saturating_mul(bucket)
            .saturating_sub(offset)
    };
    let (from, to) = (begin(from), begin(to.saturating_sub(1)).saturating_add(bucket));
    let touched = touched(session, pinned, series, table, (from, to), width).await?;
    let mut buckets = stored(session, pinned, series, table, (from, to)).await?;
    buckets.retain(|bucket, _| !touched.contains(bucket));
    for (first, end) in stretches(&touched, width) {
        let rows = raw::rows(session, pinned, series, (first, end), QualityFilter::Usable).await?;
        for row in 0..rows.len() {
            let at = rows.time[row].div_euclid(width) * width;
            let value = rows.value[row];
            if !touched.contains(&at) || value.is_nan() {
                continue;
            }
            let held = buckets.entry(at).or_insert(Rolled {
                count: 0,
                good: 0,
                sum: 0.0,
                min: value,
                max: value,
            });
            held.count += 1;
            held.good += i64::from(Quality::from_byte(rows.quality[row]).grade() == Grade::Good);
            held.sum += value;
            held.min = held.min.min(value);
            held.max = held.max.max(value);
        }
    }
    let mut points: Vec<(Point, Rolled)> = Vec::new();
    for (time, rolled) in buckets {
        if rolled.count == 0 {
            continue;
        }
        let time = begin(time);
        match points.last_mut() {
            Some((point, held)) if point.time == time => {
                held.count += rolled.count;
                held.good += rolled.good;
                held.sum += rolled.sum;
                held.min = held.min.min(rolled.min);
                held.max = held.max.max(rolled.max);
                *point = finish(time, held);
            }
            _ => points.push((finish(time, &rolled), rolled)),
        }
    }
    Ok(points.into_iter().map(|(point, _)| point).collect())
}

fn finish(time: i64, rolled: &Rolled) -> Point {
    let grade = if rolled.good < rolled.count {
        Grade::Suspect
    } else {
        Grade::Good
    };
    Point {
        time,
        value: (rolled.sum / rolled.count as f64).clamp(rolled.min, rolled.max),
        quality: Quality::new(grade, Doubt::None).byte(),
        bucket: Some(Bucket {
            min: rolled.min,
            max: rolled.max,
            count: u64::try_from(rolled.count).unwrap_or(0),
        }),
    }
}

/// The buckets of a roll-up as they are stored.
async fn stored(
    session: &SessionState,
    pinned: &Pinned,
    series: SeriesId,
    table: TableName,
    (from, to): (i64, i64),
) -> Result<BTreeMap<i64, Rolled>, QueryError> {
    const COLUMNS: [&str; 6] = ["bucket", "count", "good", "min", "max", "sum"];
    let view = pinned.view(table, &COLUMNS).map_err(QueryError::from_engine)?;
    let wanted = Wanted::one(series.0, from, to);
    let plan = view
        .plan(session, &view.shown, &wanted)
        .await
        .map_err(QueryError::from_engine)?;
    let mut stream = execute_stream(plan, session.task_ctx()).map_err(QueryError::from_engine)?;
    let mut buckets = BTreeMap::new();
    while let Some(batch) = stream.next().await {
        let batch = batch.map_err(QueryError::from_engine)?;
        let whole =
            |name: &str| -> Result<_, QueryError> { Ok(column(&batch, name)?.as_primitive::<Int64Type>().clone()) };
        let number =
            |name: &str| -> Result<_, QueryError> { Ok(column(&batch, name)?.as_primitive::<Float64Type>().clone()) };
        let times = column(&batch, "bucket")?.as_primitive::<TimestampMicrosecondType>();
        let (counts, goods) = (whole("count")?, whole("good")?);
        let (mins, maxs, sums) = (number("min")?, number("max")?, number("sum")?);
        for row in 0..batch.num_rows() {
            if counts.value(row) == 0 || sums.is_null(row) {
                continue;
            }
            let rolled = Rolled {
                count: counts.value(row),
                good: goods.value(row),
                sum: sums.value(row),
                min: mins.value(row),
                max: maxs.value(row),
            };
            buckets.insert(times.value(row), rolled);
        }
    }
    Ok(buckets)
}

/// The buckets that have a row of a later position than the roll-up's.
async fn touched(
    session: &SessionState,
    pinned: &Pinned,
    series: SeriesId,
    table: TableName,
    (from, to): (i64, i64),
    width: i64,
) -> Result<BTreeSet<i64>, QueryError> {
    let reached = pack(pinned.state.table(table).position);
    let wanted = Wanted::one(series.0, from, to);
    let mut touched = BTreeSet::new();
    let mut take = |batch: &RecordBatch| -> Result<(), QueryError> {
        let numbers = column(batch, "series")?.as_primitive::<Int32Type>();
        let times = column(batch, "time")?.as_primitive::<TimestampMicrosecondType>();
        let positions = column(batch, "position")?.as_primitive::<Int64Type>();
        for row in 0..batch.num_rows() {
            if positions.value(row) > reached && wanted.holds(i64::from(numbers.value(row)), times.value(row)) {
                touched.insert(times.value(row).div_euclid(width) * width);
            }
        }
        Ok(())
    };
    let inside: Span = wanted.time;
    for part in &pinned.tail.parts {
        if part.time.0 <= inside.1 && inside.0 <= part.time.1 {
            take(&part.rows)?;
        }
    }
    let observations = &pinned.state.observations;
    let (mut files, late) = scan::files(observations, &wanted);
    files.extend(late);
    files.retain(|file| file.position.1 > reached);
    if !files.is_empty() {
        let view = pinned
            .view(TableName::Observations, &["series", "time", "position"])
            .map_err(QueryError::from_engine)?;
        let plan = scan::plan(session, TableName::Observations, &files, &view.shown, Some(&wanted));
        let mut stream = plan
            .and_then(|plan| execute_stream(plan, session.task_ctx()))
            .map_err(QueryError::from_engine)?;
        let mut count = 0;
        while let Some(batch) = stream.next().await {
            let batch = batch.map_err(QueryError::from_engine)?;
            count += batch.num_rows();
            if count > MAX_ROWS {
                let detail = format!(
                    "series {} has more than {MAX_ROWS} new rows; ask for a shorter range",
                    series.0
                );
                return Err(QueryError::TooLarge(detail));
            }
            take(&batch)?;
        }
    }
    Ok(touched)
}

/// Touched buckets that follow each other, put together; few of them, by filling the smallest holes.
fn stretches(touched: &BTreeSet<i64>, width: i64) -> Vec<(i64, i64)> {
    let mut found: Vec<(i64, i64)> = Vec::new();
    for first in touched {
        match found.last_mut() {
            Some(last) if last.1 == *first => last.1 = first + width,
            _ => found.push((*first, first + width)),
        }
    }
    while found.len() > MAX_STRETCHES {
        let hole = |at: &usize| found[at + 1].0 - found[*at].1;
        let Some(smallest) = (0..found.len() - 1).min_by_key(hole) else {
            break;
        };
        found[smallest].1 = found[smallest + 1].1;
        found.remove(smallest + 1);
    }
    found
}

fn column<'a>(batch: &'a RecordBatch, name: &str) -> Result<&'a datafusion::arrow::array::ArrayRef, QueryError> {
    batch
        .column_by_name(name)
        .ok_or_else(|| QueryError::Engine(format!("rows without {name}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_become_one_stretch_and_stretches_stay_few() {
        let touched = |times: &[i64]| times.iter().copied().collect::<BTreeSet<i64>>();
        assert_eq!(stretches(&touched(&[]), 10), []);
        assert_eq!(stretches(&touched(&[0, 10, 20, 50]), 10), [(0, 30), (50, 60)]);
        let many: Vec<i64> = (0..20).map(|n| n * n * 10).collect();
        let found = stretches(&touched(&many), 10);
        assert_eq!(found.len(), MAX_STRETCHES);
        assert!(
            many.iter()
                .all(|time| found.iter().any(|(from, to)| (*from..*to).contains(time)))
        );
    }
}
