//! Table `series`: the registry as rows for users' SQL, replaced as a whole when it has changed.

use super::encode::{About, encode, file_schema};
use super::file::ANY;
use super::table::{Change, TableState};
use super::writer::put;
use crate::error::{HistoryError, Result};
use crate::model::TableName;
use arrow::array::{ArrayRef, Float64Array, Int32Array, RecordBatch, StringArray};
use kernel::series::SeriesInfo;
use kernel::time::Timestamp;
use ports::objects::Objects;
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// Writes the table anew unless it says the same as at `written`; returns the mark of what it says now.
pub(crate) async fn write(
    objects: &dyn Objects,
    table: &mut TableState,
    series: &[Arc<SeriesInfo>],
    written: Option<[u8; 32]>,
    now: Timestamp,
) -> Result<[u8; 32]> {
    let mark = mark_of(series);
    if written == Some(mark) {
        return Ok(mark);
    }
    let mut change = Change {
        remove: table.files.values().cloned().collect(),
        ..Change::default()
    };
    if !series.is_empty() {
        let about = About {
            day: 0,
            late: false,
            series: ends(series),
            time: ANY,
            position: ANY,
        };
        let (file, bytes) = encode(TableName::Series, &[batch(series)?], about, now)?;
        put(objects, TableName::Series, &file, bytes).await?;
        change.add.push(file);
    }
    if !change.add.is_empty() || !change.remove.is_empty() {
        table.commit(change, now).await?;
    }
    Ok(mark)
}

fn ends(series: &[Arc<SeriesInfo>]) -> (i64, i64) {
    let numbers = || series.iter().map(|info| i64::from(info.id.0));
    (numbers().min().unwrap_or(0), numbers().max().unwrap_or(0))
}

fn mark_of(series: &[Arc<SeriesInfo>]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for info in series {
        hash.update(serde_json::to_vec(&**info).unwrap_or_default());
    }
    hash.finalize().into()
}

/// Series as rows of the table.
pub(crate) fn batch(series: &[Arc<SeriesInfo>]) -> Result<RecordBatch> {
    let text = |of: &dyn Fn(&SeriesInfo) -> String| -> ArrayRef {
        Arc::new(StringArray::from_iter_values(series.iter().map(|info| of(info))))
    };
    let word = |value: serde_json::Result<serde_json::Value>| match value {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    };
    let degrees = |of: &dyn Fn(&SeriesInfo) -> Option<f64>| -> ArrayRef {
        Arc::new(Float64Array::from_iter(series.iter().map(|info| of(info))))
    };
    let areas = |info: &SeriesInfo| {
        let codes: Vec<String> = info.areas.iter().map(ToString::to_string).collect();
        codes.join(" ")
    };
    let columns: Vec<ArrayRef> = vec![
        Arc::new(Int32Array::from_iter_values(series.iter().map(|info| info.id.0 as i32))),
        text(&|info| info.entity.to_string()),
        text(&|info| info.attribute.to_string()),
        text(&|info| info.device.to_string()),
        text(&|info| info.name.to_string()),
        text(&|info| info.unit.as_str().to_owned()),
        text(&|info| word(serde_json::to_value(info.kind))),
        text(&|info| info.profile.to_string()),
        text(&|info| info.org.to_string()),
        text(&areas),
        text(&|info| word(serde_json::to_value(info.classification))),
        text(&|info| info.title.vi.to_string()),
        text(&|info| info.title.en.to_string()),
        degrees(&|info| info.place.map(|place| place.lon)),
        degrees(&|info| info.place.map(|place| place.lat)),
    ];
    RecordBatch::try_new(file_schema(TableName::Series), columns)
        .map_err(|error| HistoryError::Unfit(error.to_string()))
}
