//! Touched buckets from all their rows, or from the smaller buckets inside them.

use super::dirty::Due;
use super::fold::{Fold, Folds};
use crate::error::{HistoryError, Result};
use crate::lake::file::{LakeFile, Span, day_of};
use crate::lake::read::{Wanted, open};
use crate::lake::table::TableState;
use crate::model::TableName;
use arrow::array::{Array, AsArray, Float64Array, RecordBatch};
use arrow::datatypes::{Float64Type, Int8Type, Int32Type, Int64Type, TimestampMicrosecondType};
use ports::objects::Objects;
use rustc_hash::FxHashMap;

/// A late row: position, row, value, grade.
type Late = FxHashMap<(u32, i64), (i64, i32, Option<f64>, i8)>;

const ROW_COLUMNS: &[&str] = &["series", "time", "number", "quality", "position", "row"];

/// Buckets from table `observations`. A late row takes the place of every other row of its name (see [`crate::lake::schema`]).
pub(crate) async fn from_rows(objects: &dyn Objects, table: &TableState, due: &Due) -> Result<Folds> {
    let mut folds = Folds::default();
    for (day, time) in due.groups(day_of) {
        let files = files_of(table, day, time, due.series());
        let mut late = Late::default();
        for file in files.iter().filter(|file| file.late) {
            each_batch(objects, table.name, file, wanted(ROW_COLUMNS, time, due), |batch| {
                note_late(batch, due, &mut late);
            })
            .await?;
        }
        for file in files.iter().filter(|file| !file.late) {
            each_batch(objects, table.name, file, wanted(ROW_COLUMNS, time, due), |batch| {
                fold_rows(batch, due, &late, &mut folds);
            })
            .await?;
        }
        for ((series, time), (position, _, value, quality)) in late {
            let bucket = time.div_euclid(due.width) * due.width;
            if let Some(value) = value {
                let fold = folds.entry((series, bucket)).or_default();
                fold.add(time, value, quality, position);
            }
        }
    }
    Ok(folds)
}

fn note_late(batch: &RecordBatch, due: &Due, late: &mut Late) {
    let rows = Columns::of(batch);
    let order = batch.column(5).as_primitive::<Int32Type>().values();
    for row in 0..batch.num_rows() {
        let (series, time) = (rows.series[row] as u32, rows.time[row]);
        if due.holds(series, time.div_euclid(due.width) * due.width) {
            let value = rows.number.is_valid(row).then(|| rows.number.value(row));
            let found = (rows.position[row], order[row], value, rows.quality[row]);
            let best = late.entry((series, time)).or_insert(found);
            if (found.0, found.1) > (best.0, best.1) {
                *best = found;
            }
        }
    }
}

fn fold_rows(batch: &RecordBatch, due: &Due, late: &Late, folds: &mut Folds) {
    let rows = Columns::of(batch);
    // Rows stand by series and time, so most rows fall into the bucket of the row before.
    let mut current: Option<((u32, i64), Option<Fold>)> = None;
    for row in 0..batch.num_rows() {
        let (series, time) = (rows.series[row] as u32, rows.time[row]);
        let key = (series, time.div_euclid(due.width) * due.width);
        if current.as_ref().is_none_or(|(same, _)| *same != key) {
            keep(&mut current, folds);
            let fold = due.holds(key.0, key.1).then(|| folds.remove(&key).unwrap_or_default());
            current = Some((key, fold));
        }
        if let Some((_, Some(fold))) = &mut current
            && rows.number.is_valid(row)
            && (late.is_empty() || !late.contains_key(&(series, time)))
        {
            fold.add(time, rows.number.value(row), rows.quality[row], rows.position[row]);
        }
    }
    keep(&mut current, folds);
}

fn keep(current: &mut Option<((u32, i64), Option<Fold>)>, folds: &mut Folds) {
    if let Some((key, Some(fold))) = current.take()
        && fold.position > 0
    {
        folds.insert(key, fold);
    }
}

/// The columns of [`ROW_COLUMNS`].
struct Columns<'a> {
    series: &'a [i32],
    time: &'a [i64],
    number: &'a Float64Array,
    quality: &'a [i8],
    position: &'a [i64],
}

impl<'a> Columns<'a> {
    fn of(batch: &'a RecordBatch) -> Self {
        Self {
            series: batch.column(0).as_primitive::<Int32Type>().values(),
            time: batch.column(1).as_primitive::<TimestampMicrosecondType>().values(),
            number: batch.column(2).as_primitive::<Float64Type>(),
            quality: batch.column(3).as_primitive::<Int8Type>().values(),
            position: batch.column(4).as_primitive::<Int64Type>().values(),
        }
    }
}

/// Buckets from the smaller buckets of a roll-up, which hold everything of them already.
pub(crate) async fn from_rollups(objects: &dyn Objects, table: &TableState, due: &Due) -> Result<Folds> {
    let mut folds = Folds::default();
    for (day, time) in due.groups(day_of) {
        for file in files_of(table, day, time, due.series()) {
            each_batch(objects, table.name, file, wanted(&[], time, due), |batch| {
                for (series, bucket, part) in folds_of(batch) {
                    let bucket = bucket.div_euclid(due.width) * due.width;
                    if due.holds(series, bucket) {
                        folds.entry((series, bucket)).or_default().merge(&part);
                    }
                }
            })
            .await?;
        }
    }
    Ok(folds)
}

/// The rows of a roll-up.
pub(super) fn folds_of(batch: &RecordBatch) -> impl Iterator<Item = (u32, i64, Fold)> {
    let whole = |at: usize| batch.column(at).as_primitive::<Int64Type>().values();
    let float = |at: usize| batch.column(at).as_primitive::<Float64Type>().values();
    let time = |at: usize| batch.column(at).as_primitive::<TimestampMicrosecondType>().values();
    let series = batch.column(0).as_primitive::<Int32Type>().values();
    let (bucket, count, good, position) = (time(1), whole(2), whole(3), whole(11));
    let (min, max, sum, first, last) = (float(4), float(5), float(6), float(7), float(8));
    let (first_time, last_time) = (time(9), time(10));
    (0..batch.num_rows()).map(move |row| {
        let mut fold = Fold {
            position: position[row],
            ..Fold::default()
        };
        if count[row] > 0 {
            fold = Fold {
                count: count[row],
                good: good[row],
                min: min[row],
                max: max[row],
                sum: sum[row],
                first: (first_time[row], first[row]),
                last: (last_time[row], last[row]),
                ..fold
            };
        }
        (series[row] as u32, bucket[row], fold)
    })
}

fn wanted<'a>(columns: &'a [&'a str], time: Span, due: &Due) -> Wanted<'a> {
    Wanted {
        columns,
        time,
        series: due.series(),
    }
}

fn files_of(table: &TableState, day: i32, time: Span, series: Span) -> Vec<&LakeFile> {
    let fits = |file: &&LakeFile| {
        file.day == day && file.may_hold(time) && file.series.0 <= series.1 && series.0 <= file.series.1
    };
    table.files.values().filter(fits).collect()
}

pub(super) async fn each_batch(
    objects: &dyn Objects,
    table: TableName,
    file: &LakeFile,
    wanted: Wanted<'_>,
    mut visit: impl FnMut(&RecordBatch),
) -> Result<()> {
    for batch in open(objects, table, file, wanted).await? {
        visit(&batch.map_err(|error| HistoryError::table(table.as_str(), "a file cannot be read", error))?);
    }
    Ok(())
}
