//! Rows whose class is kept for a limited time leave the table when their day is over and their time is up.

use super::encode::{About, encode};
use super::file::{LakeFile, day_of};
use super::read::{Wanted, open};
use super::table::{Change, TableState};
use super::writer::put;
use crate::error::{HistoryError, Result};
use crate::model::{SeriesSource, Settings};
use arrow::array::{AsArray, BooleanArray, RecordBatch};
use arrow::compute::filter_record_batch;
use arrow::datatypes::Int32Type;
use kernel::classification::Classification;
use kernel::time::Timestamp;
use ports::objects::Objects;
use rustc_hash::FxHashMap;

/// Which series may not stay, by the first day that may.
#[derive(Debug, Default)]
pub(crate) struct Limits {
    first_kept: FxHashMap<u32, i32>,
    latest: Option<i32>,
}

impl Limits {
    /// The limits of today.
    pub(crate) fn of(settings: &Settings, series: &dyn SeriesSource, now: Timestamp) -> Self {
        let mut limits = Self::default();
        if settings.keep_days.is_empty() {
            return limits;
        }
        let today = day_of(now.micros());
        let first_kept = |class: &Classification| {
            let days = settings.keep_days.get(class)?;
            Some(today - i32::try_from(*days).unwrap_or(i32::MAX))
        };
        for info in series.all() {
            if let Some(first) = first_kept(&info.classification) {
                limits.first_kept.insert(info.id.0, first);
                limits.latest = limits.latest.max(Some(first));
            }
        }
        limits
    }

    /// Whether rows of a series of a day are gone or go.
    pub(crate) fn drops(&self, series: u32, day: i32) -> bool {
        self.first_kept.get(&series).is_some_and(|first| day < *first)
    }
}

/// Takes rows away; at most one commit. Returns how many rows went.
pub(crate) async fn apply(
    objects: &dyn Objects,
    table: &mut TableState,
    limits: &Limits,
    checked: &mut FxHashMap<String, usize>,
    now: Timestamp,
) -> Result<u64> {
    let mut change = Change::default();
    let mut gone = 0;
    let files: Vec<LakeFile> = table.files.values().cloned().collect();
    checked.retain(|path, _| table.files.contains_key(path));
    for file in files {
        if limits.latest.is_none_or(|latest| file.day >= latest) {
            continue;
        }
        // A file is looked into again only when more series have run out for its day.
        let out = limits.first_kept.values().filter(|first| file.day < **first).count();
        if checked.get(&file.path) == Some(&out) {
            continue;
        }
        let (kept, dropped) = split(objects, table, &file, limits).await?;
        if dropped == 0 {
            checked.insert(file.path, out);
            continue;
        }
        gone += dropped;
        if kept.iter().any(|batch| batch.num_rows() > 0) {
            let about = About {
                day: file.day,
                late: file.late,
                series: file.series,
                time: file.time,
                position: file.position,
            };
            let (new, bytes) = encode(table.name, &kept, about, now)?;
            put(objects, table.name, &new, bytes).await?;
            checked.insert(new.path.clone(), out);
            change.add.push(new);
        }
        change.remove.push(file);
    }
    if gone > 0 {
        table.commit(change, now).await?;
    }
    Ok(gone)
}

async fn split(
    objects: &dyn Objects,
    table: &TableState,
    file: &LakeFile,
    limits: &Limits,
) -> Result<(Vec<RecordBatch>, u64)> {
    let failed = |error| HistoryError::table("observations", "a file cannot be read", error);
    let (mut kept, mut dropped) = (Vec::new(), 0);
    for batch in open(objects, table.name, file, Wanted::ALL).await? {
        let batch = batch.map_err(|error| failed(error.to_string()))?;
        let series = batch.column(0).as_primitive::<Int32Type>().values();
        let stays = series.iter().map(|series| !limits.drops(*series as u32, file.day));
        let mask = BooleanArray::from(stays.collect::<Vec<bool>>());
        dropped += (batch.num_rows() - mask.true_count()) as u64;
        kept.push(filter_record_batch(&batch, &mask).map_err(|error| failed(error.to_string()))?);
    }
    Ok((kept, dropped))
}
