//! New buckets take the place of what stood there: files that hold some of them are written again without those.

use super::dirty::Due;
use super::fold::{Fold, Folds};
use super::gather::{each_batch, folds_of};
use crate::error::{HistoryError, Result};
use crate::lake::encode::{About, encode, file_schema};
use crate::lake::file::{LakeFile, day_of, month_of};
use crate::lake::read::Wanted;
use crate::lake::table::{Change, TableState};
use crate::lake::writer::put;
use crate::model::TableName;
use arrow::array::{ArrayRef, Float64Array, Int32Array, Int64Array, RecordBatch, TimestampMicrosecondArray};
use kernel::time::Timestamp;
use ports::objects::Objects;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Rows by (series, bucket), as they stand in a file.
type Sorted = BTreeMap<(u32, i64), Fold>;

/// Writes the files of new buckets and says in `change` which files come and go.
pub(super) async fn replace(
    objects: &dyn Objects,
    table: &TableState,
    due: &Due,
    folds: Folds,
    now: Timestamp,
    change: &mut Change,
) -> Result<()> {
    let mut partitions: BTreeMap<i32, Sorted> = BTreeMap::new();
    for ((series, bucket), fold) in folds {
        let rows = partitions.entry(partition_of(table.name, bucket)).or_default();
        rows.insert((series, bucket), fold);
    }
    let wanted = due.series();
    for (day, mut rows) in partitions {
        for file in table.files.values().filter(|file| file.day == day) {
            let touched = due.buckets.range(file.time.0..=file.time.1).next().is_some();
            if !touched || file.series.0 > wanted.1 || wanted.0 > file.series.1 {
                continue;
            }
            let (mut kept, mut gone) = (Vec::new(), false);
            each_batch(objects, table.name, file, Wanted::ALL, |batch| {
                for (series, bucket, fold) in folds_of(batch) {
                    if due.holds(series, bucket) {
                        gone = true;
                    } else {
                        kept.push(((series, bucket), fold));
                    }
                }
            })
            .await?;
            if gone {
                rows.extend(kept);
                change.remove.push(file.clone());
            }
        }
        if !rows.is_empty() {
            let (file, bytes) = to_file(table.name, day, &rows, now)?;
            put(objects, table.name, &file, bytes).await?;
            change.add.push(file);
        }
    }
    Ok(())
}

fn partition_of(table: TableName, bucket: i64) -> i32 {
    match table {
        TableName::Rollup1h => month_of(day_of(bucket)),
        _ => day_of(bucket),
    }
}

/// The file of some buckets of one partition.
fn to_file(table: TableName, day: i32, rows: &Sorted, now: Timestamp) -> Result<(LakeFile, Vec<u8>)> {
    let ends = |of: &dyn Fn(&(u32, i64), &Fold) -> i64| {
        let all = || rows.iter().map(|(key, fold)| of(key, fold));
        (all().min().unwrap_or(i64::MAX), all().max().unwrap_or(i64::MIN))
    };
    let about = About {
        day,
        late: false,
        series: ends(&|key, _| i64::from(key.0)),
        time: ends(&|key, _| key.1),
        position: ends(&|_, fold| fold.position),
    };
    encode(table, &[to_batch(table, rows)?], about, now)
}

fn to_batch(table: TableName, rows: &Sorted) -> Result<RecordBatch> {
    let whole =
        |of: &dyn Fn(&Fold) -> i64| -> ArrayRef { Arc::new(Int64Array::from_iter_values(rows.values().map(of))) };
    let float = |of: &dyn Fn(&Fold) -> f64| -> ArrayRef {
        let some = |fold: &Fold| (fold.count > 0).then(|| of(fold));
        Arc::new(Float64Array::from_iter(rows.values().map(some)))
    };
    let time = |of: &dyn Fn(&Fold) -> i64| -> ArrayRef {
        let some = |fold: &Fold| (fold.count > 0).then(|| of(fold));
        Arc::new(TimestampMicrosecondArray::from_iter(rows.values().map(some)).with_timezone("UTC"))
    };
    let buckets = TimestampMicrosecondArray::from_iter_values(rows.keys().map(|(_, bucket)| *bucket));
    let columns: Vec<ArrayRef> = vec![
        Arc::new(Int32Array::from_iter_values(
            rows.keys().map(|(series, _)| *series as i32),
        )),
        Arc::new(buckets.with_timezone("UTC")),
        whole(&|fold| fold.count),
        whole(&|fold| fold.good),
        float(&|fold| fold.min),
        float(&|fold| fold.max),
        float(&|fold| fold.sum),
        float(&|fold| fold.first.1),
        float(&|fold| fold.last.1),
        time(&|fold| fold.first.0),
        time(&|fold| fold.last.0),
        whole(&|fold| fold.position),
    ];
    RecordBatch::try_new(file_schema(table), columns).map_err(|error| HistoryError::Unfit(error.to_string()))
}
