//! Reading data files back, for roll-ups and packing: only the columns and row groups that are wanted.

use super::file::{ANY, LakeFile, Span};
use super::table::object_name;
use crate::error::{HistoryError, Result};
use crate::model::TableName;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::statistics::Statistics;
use ports::objects::Objects;

/// Rows that are decoded at once.
const BATCH_ROWS: usize = 8_192;

/// What of a file is wanted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted<'a> {
    /// Columns in the order of the file; empty: all.
    pub columns: &'a [&'a str],
    /// Row groups with these times.
    pub time: Span,
    /// Row groups with these series.
    pub series: Span,
}

impl Wanted<'_> {
    /// Everything.
    pub(crate) const ALL: Self = Self {
        columns: &[],
        time: ANY,
        series: ANY,
    };
}

/// Opens a file; its batches hold at least the wanted rows.
pub(crate) async fn open(
    objects: &dyn Objects,
    table: TableName,
    file: &LakeFile,
    wanted: Wanted<'_>,
) -> Result<ParquetRecordBatchReader> {
    let name = object_name(table, &file.path);
    let failed = |error| HistoryError::table(table.as_str(), "a file cannot be read", format!("{name}: {error}"));
    let absent = || HistoryError::table(table.as_str(), "a file is missing", &name);
    let bytes = objects.get(&name).await?.ok_or_else(absent)?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(bytes).map_err(failed)?;
    let metadata = builder.metadata();
    let groups: Vec<usize> = (0..metadata.num_row_groups())
        .filter(|group| {
            let group = metadata.row_group(*group);
            meets(span_of(group, "series"), wanted.series) && meets(span_of(group, table.time_column()), wanted.time)
        })
        .collect();
    let mask = if wanted.columns.is_empty() {
        ProjectionMask::all()
    } else {
        ProjectionMask::columns(builder.parquet_schema(), wanted.columns.iter().copied())
    };
    builder
        .with_projection(mask)
        .with_row_groups(groups)
        .with_batch_size(BATCH_ROWS)
        .build()
        .map_err(failed)
}

fn meets(has: Span, wanted: Span) -> bool {
    has.0 <= wanted.1 && wanted.0 <= has.1
}

/// The range of a whole-number column in a row group.
fn span_of(group: &RowGroupMetaData, column: &str) -> Span {
    let found = group
        .columns()
        .iter()
        .find(|chunk| chunk.column_path().parts() == [column]);
    match found.and_then(|chunk| chunk.statistics()) {
        Some(Statistics::Int32(of)) => of
            .min_opt()
            .zip(of.max_opt())
            .map_or(ANY, |(min, max)| (i64::from(*min), i64::from(*max))),
        Some(Statistics::Int64(of)) => of.min_opt().zip(of.max_opt()).map_or(ANY, |(min, max)| (*min, *max)),
        _ => ANY,
    }
}
