//! Rows to the bytes of a Parquet file: sorted by series, zstd, row groups that can be passed over.

use super::file::{LakeFile, Span};
use crate::error::{HistoryError, Result};
use crate::model::TableName;
use arrow::array::RecordBatch;
use kernel::time::Timestamp;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;
use std::sync::Arc;

/// Rows of a row group: small enough that one series of a large file costs little, large enough for DuckDB's threads.
const GROUP_ROWS: usize = 131_072;
/// Rows of a page, within which an index of pages points.
const PAGE_ROWS: usize = 8_192;

/// What is known of the rows of a new file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct About {
    /// Partition.
    pub day: i32,
    /// Whether its rows may replace others.
    pub late: bool,
    /// Series inside.
    pub series: Span,
    /// Times inside.
    pub time: Span,
    /// Packed positions inside.
    pub position: Span,
}

/// The bytes of a file with these rows, which stand in the order of the table, without the partition's column.
pub(crate) fn encode(
    table: TableName,
    batches: &[RecordBatch],
    about: About,
    now: Timestamp,
) -> Result<(LakeFile, Vec<u8>)> {
    let failed = |error| HistoryError::table(table.as_str(), "a file cannot be encoded", error);
    let Some(first) = batches.first() else {
        return Err(HistoryError::Unfit("a file without rows".to_owned()));
    };
    let mut writer = ArrowWriter::try_new(Vec::new(), first.schema(), Some(properties(table))).map_err(failed)?;
    let mut rows = 0;
    for batch in batches {
        rows += batch.num_rows() as u64;
        writer.write(batch).map_err(failed)?;
    }
    let bytes = writer.into_inner().map_err(failed)?;
    let file = LakeFile {
        path: LakeFile::new_path(table.partition(), about.day, about.late, now),
        bytes: bytes.len() as u64,
        rows,
        day: about.day,
        series: about.series,
        time: about.time,
        position: about.position,
        late: about.late,
    };
    Ok((file, bytes))
}

fn properties(table: TableName) -> WriterProperties {
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_max_row_group_row_count(Some(GROUP_ROWS))
        .set_data_page_row_count_limit(PAGE_ROWS)
        .set_write_batch_size(PAGE_ROWS)
        .set_statistics_enabled(EnabledStatistics::Page)
        .set_created_by("hanoi-ioc".to_owned());
    // Steps of time and of rows are small where values themselves never repeat.
    let steps: &[&str] = match table {
        TableName::Observations => &["time", "received", "row"],
        TableName::Rollup5m | TableName::Rollup1h => &["bucket", "first_time", "last_time"],
        TableName::Series => &[],
    };
    for column in steps {
        properties = properties
            .set_column_dictionary_enabled(ColumnPath::from(*column), false)
            .set_column_encoding(ColumnPath::from(*column), Encoding::DELTA_BINARY_PACKED);
    }
    properties.build()
}

/// The columns of a table's files: all but the partition.
pub(crate) fn file_schema(table: TableName) -> arrow::datatypes::SchemaRef {
    let schema = super::table::schema_of(table);
    let fields: Vec<_> = schema
        .fields()
        .iter()
        .filter(|field| Some(field.name().as_str()) != table.partition())
        .cloned()
        .collect();
    Arc::new(arrow::datatypes::Schema::new(fields))
}
