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
use arrow::array::RecordBatch;
use arrow::compute::{SortColumn, concat_batches, lexsort_to_indices, take_record_batch};
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
    let keys: Vec<SortColumn> = ["series", table.name.time_column(), "position", "row"]
        .iter()
        .filter_map(|column| all.column_by_name(column))
        .map(|values| SortColumn {
            values: values.clone(),
            options: None,
        })
        .collect();
    let order = lexsort_to_indices(&keys, None).map_err(failed)?;
    take_record_batch(&all, &order).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

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
