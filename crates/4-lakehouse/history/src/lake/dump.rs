//! All rows of table `observations` as they stand in its files, for proofs: nothing is resolved and nothing is left out.

use super::read::{Wanted, open};
use super::schema::pack;
use super::store::LakeStore;
use super::table::TableState;
use crate::error::{HistoryError, Result};
use crate::model::TableName;
use arrow::array::{Array, AsArray};
use arrow::datatypes::{Float64Type, Int8Type, Int32Type, Int64Type, TimestampMicrosecondType};
use ports::objects::Objects;
use std::sync::Arc;

/// One row of the table.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredRow {
    /// Number of the series.
    pub series: u32,
    /// Phenomenon time, in microseconds.
    pub time: i64,
    /// Type of the value, see [`super::schema::observations_schema`].
    pub kind: i8,
    /// The number, or 0 and 1 of a boolean.
    pub number: Option<f64>,
    /// The text.
    pub text: Option<String>,
    /// Packed position of its block, and its place in it.
    pub place: (i64, i32),
    /// Whether it may replace others.
    pub late: bool,
}

/// Visits every row; gives the packed position up to which the table has all rows of the log.
pub async fn each_row(objects: Arc<dyn Objects>, mut visit: impl FnMut(StoredRow)) -> Result<i64> {
    let table = TableState::open(&LakeStore::new(Arc::clone(&objects)), TableName::Observations).await?;
    let failed = |error| HistoryError::table("observations", "a file cannot be read", error);
    for file in table.files.values() {
        for batch in open(&*objects, TableName::Observations, file, Wanted::ALL).await? {
            let batch = batch.map_err(failed)?;
            let series = batch.column(0).as_primitive::<Int32Type>();
            let times = batch.column(1).as_primitive::<TimestampMicrosecondType>();
            let kinds = batch.column(2).as_primitive::<Int8Type>();
            let numbers = batch.column(3).as_primitive::<Float64Type>();
            let texts = batch.column(4).as_string::<i32>();
            let positions = batch.column(8).as_primitive::<Int64Type>();
            let rows = batch.column(9).as_primitive::<Int32Type>();
            let late = batch.column(10).as_boolean();
            for row in 0..batch.num_rows() {
                visit(StoredRow {
                    series: series.value(row) as u32,
                    time: times.value(row),
                    kind: kinds.value(row),
                    number: numbers.is_valid(row).then(|| numbers.value(row)),
                    text: texts.is_valid(row).then(|| texts.value(row).to_owned()),
                    place: (positions.value(row), rows.value(row)),
                    late: late.value(row),
                });
            }
        }
    }
    Ok(pack(table.position))
}
