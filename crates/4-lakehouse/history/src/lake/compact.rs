//! Packing: many small files of a partition become few large ones with the same rows, in the order of the table.
//!
//! Rows that may replace others stay in files of their own, so that queries of days without such rows need not compare.

use super::encode::{About, encode};
use super::file::{LakeFile, Span};
use super::read::{Wanted, open};
use super::table::{Change, TableState};
use super::writer::put;
use crate::error::{HistoryError, Result};
use crate::model::Settings;
use arrow::array::{AsArray, RecordBatch, UInt32Array};
use arrow::compute::{concat_batches, take_record_batch};
use arrow::datatypes::{Int32Type, Int64Type, TimestampMicrosecondType};
use kernel::time::Timestamp;
use ports::objects::Objects;
use std::collections::BTreeMap;

/// Rows that are sorted in memory at once (some 150 bytes each), so the most that a packed file holds.
const MAX_ROWS: u64 = 2_000_000;

/// Files that shall become one.
pub(crate) type Group = Vec<LakeFile>;

/// Which files of a table shall be packed; the oldest partition first. `today` is the partition that is still written.
pub(crate) fn plan(table: &TableState, settings: &Settings, today: i32) -> Vec<Group> {
    let mut partitions: BTreeMap<(i32, bool), Vec<&LakeFile>> = BTreeMap::new();
    for file in table.files.values() {
        if file.bytes < settings.file_bytes / 2 {
            partitions.entry((file.day, file.late)).or_default().push(file);
        }
    }
    let mut groups = Vec::new();
    for ((day, _), mut files) in partitions {
        let least = if day < today { 2 } else { settings.compact_files };
        if files.len() < least.max(2) {
            continue;
        }
        files.sort_by(|a, b| (a.time.0, &a.path).cmp(&(b.time.0, &b.path)));
        groups.extend(bins(&files, settings.file_bytes));
    }
    groups
}

/// Neighbours in time go together until a bin is full; a bin of one brings nothing.
fn bins(files: &[&LakeFile], bytes: u64) -> Vec<Group> {
    let (mut bins, mut bin, mut held) = (Vec::new(), Group::new(), (0, 0));
    for file in files {
        if held.0 + file.bytes > bytes || held.1 + file.rows > MAX_ROWS {
            bins.push(std::mem::take(&mut bin));
            held = (0, 0);
        }
        held = (held.0 + file.bytes, held.1 + file.rows);
        bin.push((*file).clone());
    }
    bins.push(bin);
    bins.retain(|bin| bin.len() > 1);
    bins
}

/// Writes the rows of a group as one file and commits the exchange. On an error the table has to be opened again.
pub(crate) async fn pack(objects: &dyn Objects, table: &mut TableState, group: Group, now: Timestamp) -> Result<()> {
    let Some(first) = group.first() else {
        return Ok(());
    };
    let over = |of: &dyn Fn(&LakeFile) -> Span| {
        let spans = || group.iter().map(of);
        let (min, max) = (spans().map(|span| span.0).min(), spans().map(|span| span.1).max());
        (min.unwrap_or(i64::MIN), max.unwrap_or(i64::MAX))
    };
    let about = About {
        day: first.day,
        late: first.late,
        series: over(&|file| file.series),
        time: over(&|file| file.time),
        position: over(&|file| file.position),
    };
    let mut batches = Vec::new();
    for file in &group {
        let name = table.name.as_str();
        let failed = |error| HistoryError::table(name, "a file cannot be read", error);
        for batch in open(objects, table.name, file, Wanted::ALL).await? {
            batches.push(batch.map_err(failed)?);
        }
    }
    let sorted = sort(table, batches)?;
    let rows: u64 = group.iter().map(|file| file.rows).sum();
    if sorted.num_rows() as u64 != rows {
        let text = format!("{} rows instead of {rows} were read", sorted.num_rows());
        return Err(HistoryError::table(table.name.as_str(), "packing stopped", text));
    }
    let (file, bytes) = encode(table.name, &[sorted], about, now)?;
    put(objects, table.name, &file, bytes).await?;
    let change = Change {
        add: vec![file],
        remove: group,
        position: None,
        repacked: true,
    };
    table.commit(change, now).await
}

fn sort(table: &TableState, batches: Vec<RecordBatch>) -> Result<RecordBatch> {
    let failed = |error| HistoryError::table(table.name.as_str(), "rows cannot be sorted", error);
    let schema = super::encode::file_schema(table.name);
    let all = concat_batches(&schema, &batches).map_err(failed)?;
    drop(batches);
    let broken = || HistoryError::Unfit("rows without series and time".to_owned());
    let series = all.column_by_name("series").ok_or_else(broken)?;
    let series = series.as_primitive::<Int32Type>().values();
    let time = all.column_by_name(table.name.time_column()).ok_or_else(broken)?;
    let time = time.as_primitive::<TimestampMicrosecondType>().values();
    let position = all.column_by_name("position").ok_or_else(broken)?;
    let position = position.as_primitive::<Int64Type>().values();
    // roll-ups have each name once
    let row = all
        .column_by_name("row")
        .map(|rows| rows.as_primitive::<Int32Type>().values());
    let key = |at: u32| {
        let at = at as usize;
        (time[at], position[at], row.map_or(0, |row| row[at]))
    };
    let order = UInt32Array::from(order(series, key));
    take_record_batch(&all, &order).map_err(failed)
}

/// Numbers of rows by series, then by key. Series are numbered without gaps, so they are counted instead of compared; and
/// files stand in the order of time, so that the rows of one series are mostly in order already.
fn order<K: Ord>(series: &[i32], key: impl Fn(u32) -> K) -> Vec<u32> {
    let rows = series.len() as u32;
    let (Some(least), Some(most)) = (series.iter().min(), series.iter().max()) else {
        return Vec::new();
    };
    let place = |series: i32| series.abs_diff(*least) as usize;
    let width = place(*most) + 1;
    if width > 4 * series.len() + 1_000_000 {
        let mut order: Vec<u32> = (0..rows).collect();
        order.sort_unstable_by_key(|row| (series[*row as usize], key(*row)));
        return order;
    }
    let mut start = vec![0_u32; width + 1];
    series.iter().for_each(|series| start[place(*series) + 1] += 1);
    for at in 0..width {
        start[at + 1] += start[at];
    }
    let (mut order, mut next) = (vec![0_u32; series.len()], start.clone());
    for row in 0..rows {
        let next = &mut next[place(series[row as usize])];
        order[*next as usize] = row;
        *next += 1;
    }
    for at in 0..width {
        let run = &mut order[start[at] as usize..start[at + 1] as usize];
        if !run.is_sorted_by_key(|row| key(*row)) {
            run.sort_unstable_by_key(|row| key(*row));
        }
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stand_by_series_and_key_however_the_series_are_numbered() {
        for factor in [1, 100_000_000] {
            let series: Vec<i32> = [5, 3, 5, 3, 4, 5].iter().map(|series| series * factor).collect();
            let keys = [9, 2, 1, 1, 7, 5];
            assert_eq!(order(&series, |row| keys[row as usize]), [3, 1, 4, 2, 5, 0], "{factor}");
        }
        assert!(order(&[], |row| row).is_empty());
    }

    #[test]
    fn bins_hold_neighbours_up_to_their_size() {
        let file = |at: i64, bytes: u64| LakeFile {
            path: format!("part-{at}"),
            bytes,
            rows: 1,
            day: 0,
            series: (0, 0),
            time: (at, at),
            position: (at, at),
            late: false,
        };
        let files = [file(1, 40), file(2, 40), file(3, 40), file(4, 10), file(5, 90)];
        let all: Vec<&LakeFile> = files.iter().collect();
        let names = |group: &Group| group.iter().map(|file| file.time.0).collect::<Vec<_>>();
        let groups: Vec<_> = bins(&all, 100).iter().map(names).collect();
        assert_eq!(groups, [vec![1, 2], vec![3, 4]]);
    }
}
