//! Rows of an answer as JSON arrays and as CSV, up to a number of rows and bytes.

use super::error::QueryError;
use datafusion::arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use datafusion::arrow::datatypes::{DataType, Field, Float64Type, Int64Type};
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use serde::Serialize;
use utoipa::ToSchema;

/// A column of an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = SqlColumn)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// `boolean`, `integer`, `number`, `text`, `time` (RFC 3339), `date`, or `other` (as text).
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// UCUM unit, where all values of the column have the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
}

impl Column {
    /// How a field of the engine is told outside.
    pub fn of(field: &Field) -> Self {
        Self {
            name: field.name().clone(),
            kind: kind_of(field.data_type()),
            unit: field.metadata().get("unit").cloned(),
        }
    }
}

fn kind_of(kind: &DataType) -> &'static str {
    match kind {
        DataType::Boolean => "boolean",
        kind if kind.is_integer() => "integer",
        DataType::Float16 | DataType::Float32 | DataType::Float64 => "number",
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Null => "text",
        DataType::Dictionary(_, value) => kind_of(value),
        DataType::Timestamp(_, _) => "time",
        DataType::Date32 | DataType::Date64 => "date",
        _ => "other",
    }
}

/// How rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// JSON arrays, separated by commas.
    Json,
    /// Lines of CSV (RFC 4180), without the header.
    Csv,
}

/// Rows as they are collected.
#[derive(Debug)]
pub(crate) struct Rows {
    format: Format,
    /// What was written so far.
    pub(crate) bytes: Vec<u8>,
    /// Rows in it.
    pub(crate) count: usize,
    /// Whether there were more than may be given.
    pub(crate) more: bool,
    limit: usize,
    max_bytes: usize,
}

impl Rows {
    pub(crate) fn new(format: Format, limit: usize, max_bytes: usize) -> Self {
        Self {
            format,
            bytes: Vec::new(),
            count: 0,
            more: false,
            limit,
            max_bytes,
        }
    }

    /// Takes rows; `false` when no more are needed.
    pub(crate) fn take(&mut self, batch: &RecordBatch) -> Result<bool, QueryError> {
        let options = FormatOptions::default();
        let columns: Result<Vec<Cells<'_>>, _> = batch
            .columns()
            .iter()
            .map(|array| Cells::new(array, &options))
            .collect();
        let columns = columns.map_err(|error| QueryError::Engine(error.to_string()))?;
        for row in 0..batch.num_rows() {
            if self.count == self.limit {
                self.more = true;
                return Ok(false);
            }
            let before = self.bytes.len();
            match self.format {
                Format::Json => self.json(&columns, row),
                Format::Csv => self.csv(&columns, row),
            }
            if self.bytes.len() > self.max_bytes {
                self.bytes.truncate(before);
                if self.count == 0 {
                    let detail = format!(
                        "one row has more than the {} MiB that an answer may have",
                        self.max_bytes >> 20
                    );
                    return Err(QueryError::TooLarge(detail));
                }
                self.more = true;
                return Ok(false);
            }
            self.count += 1;
        }
        Ok(true)
    }

    fn json(&mut self, columns: &[Cells<'_>], row: usize) {
        if self.count > 0 {
            self.bytes.push(b',');
        }
        self.bytes.push(b'[');
        for (number, cells) in columns.iter().enumerate() {
            if number > 0 {
                self.bytes.push(b',');
            }
            cells.json(row, &mut self.bytes);
        }
        self.bytes.push(b']');
    }

    fn csv(&mut self, columns: &[Cells<'_>], row: usize) {
        for (number, cells) in columns.iter().enumerate() {
            if number > 0 {
                self.bytes.push(b',');
            }
            csv_cell(&cells.text(row), &mut self.bytes);
        }
        self.bytes.extend_from_slice(b"\r\n");
    }
}

/// One line of CSV.
pub(crate) fn csv_line<'a>(cells: impl Iterator<Item = &'a str>, out: &mut Vec<u8>) {
    for (number, cell) in cells.enumerate() {
        if number > 0 {
            out.push(b',');
        }
        csv_cell(cell, out);
    }
    out.extend_from_slice(b"\r\n");
}

fn csv_cell(text: &str, out: &mut Vec<u8>) {
    if text.contains(['"', ',', '\r', '\n']) {
        out.push(b'"');
        out.extend_from_slice(text.replace('"', "\"\"").as_bytes());
        out.push(b'"');
    } else {
        out.extend_from_slice(text.as_bytes());
    }
}

/// The cells of one column.
enum Cells<'a> {
    Integer(ArrayRef),
    Number(ArrayRef),
    Boolean(&'a ArrayRef),
    Text(&'a ArrayRef, ArrayFormatter<'a>),
}

impl<'a> Cells<'a> {
    fn new(array: &'a ArrayRef, options: &'a FormatOptions<'a>) -> Result<Self, arrow::error::ArrowError> {
        let cast = |kind: &DataType| datafusion::arrow::compute::cast(array, kind);
        Ok(match array.data_type() {
            DataType::Boolean => Self::Boolean(array),
            // beyond 2^63 they are told as text
            DataType::UInt64 => Self::Text(array, ArrayFormatter::try_new(array.as_ref(), options)?),
            kind if kind.is_integer() => Self::Integer(cast(&DataType::Int64)?),
            DataType::Float16 | DataType::Float32 | DataType::Float64 => Self::Number(cast(&DataType::Float64)?),
            _ => Self::Text(array, ArrayFormatter::try_new(array.as_ref(), options)?),
        })
    }

    fn json(&self, row: usize, out: &mut Vec<u8>) {
        let written = match self {
            Self::Integer(array) => write(array, row, out, |out| {
                serde_json::to_writer(out, &array.as_primitive::<Int64Type>().value(row))
            }),
            // what is no number in JSON (NaN, infinity) becomes null
            Self::Number(array) => write(array, row, out, |out| {
                serde_json::to_writer(out, &array.as_primitive::<Float64Type>().value(row))
            }),
            Self::Boolean(array) => write(array, row, out, |out| {
                serde_json::to_writer(out, &array.as_boolean().value(row))
            }),
            Self::Text(array, formatter) => write(array, row, out, |out| {
                let text = formatter.value(row).to_string();
                match array.data_type() {
                    DataType::UInt64 => text
                        .parse::<u64>()
                        .map_or(Ok(()), |number| serde_json::to_writer(out, &number)),
                    _ => serde_json::to_writer(out, &text),
                }
            }),
        };
        if written.is_err() {
            out.extend_from_slice(b"null");
        }
    }

    fn text(&self, row: usize) -> String {
        match self {
            Self::Integer(array) if array.is_valid(row) => array.as_primitive::<Int64Type>().value(row).to_string(),
            Self::Number(array) if array.is_valid(row) => array.as_primitive::<Float64Type>().value(row).to_string(),
            Self::Boolean(array) if array.is_valid(row) => array.as_boolean().value(row).to_string(),
            Self::Text(array, formatter) if array.is_valid(row) => formatter.value(row).to_string(),
            _ => String::new(),
        }
    }
}

fn write(
    array: &ArrayRef,
    row: usize,
    out: &mut Vec<u8>,
    value: impl FnOnce(&mut Vec<u8>) -> serde_json::Result<()>,
) -> serde_json::Result<()> {
    if array.is_null(row) {
        out.extend_from_slice(b"null");
        return Ok(());
    }
    value(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use datafusion::arrow::array::{Float64Array, Int32Array, StringArray, TimestampMicrosecondArray, UInt64Array};
    use std::sync::Arc;

    fn batch() -> RecordBatch {
        let columns: [(&str, ArrayRef); 5] = [
            ("n", Arc::new(Int32Array::from(vec![Some(1), None, Some(3)]))),
            ("v", Arc::new(Float64Array::from(vec![0.5, f64::NAN, -1.0]))),
            ("s", Arc::new(StringArray::from(vec!["a\"b,c", "", "Đống Đa"]))),
            (
                "t",
                Arc::new(TimestampMicrosecondArray::from(vec![0, 1, 1_500_000]).with_timezone("UTC")),
            ),
            ("u", Arc::new(UInt64Array::from(vec![u64::MAX, 0, 7]))),
        ];
        RecordBatch::try_from_iter(columns).unwrap()
    }

    #[test]
    fn json_is_valid_and_times_are_rfc_3339() {
        let mut rows = Rows::new(Format::Json, 10, 10_000);
        assert!(rows.take(&batch()).unwrap());
        let text = format!("[{}]", String::from_utf8(rows.bytes).unwrap());
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        let expected = serde_json::json!([
            [1, 0.5, "a\"b,c", "1970-01-01T00:00:00Z", u64::MAX],
            [null, null, "", "1970-01-01T00:00:00.000001Z", 0],
            [3, -1.0, "Đống Đa", "1970-01-01T00:00:01.500Z", 7],
        ]);
        assert_eq!(value, expected);
    }

    #[test]
    fn csv_quotes_what_needs_it() {
        let mut rows = Rows::new(Format::Csv, 1, 10_000);
        assert!(!rows.take(&batch()).unwrap());
        assert_eq!(
            String::from_utf8(rows.bytes).unwrap(),
            "1,0.5,\"a\"\"b,c\",1970-01-01T00:00:00Z,18446744073709551615\r\n"
        );
        assert!(rows.more);
    }

    #[test]
    fn rows_and_bytes_have_an_end() {
        let mut rows = Rows::new(Format::Json, 2, 10_000);
        assert!(!rows.take(&batch()).unwrap());
        assert_eq!((rows.count, rows.more), (2, true));
        let mut rows = Rows::new(Format::Json, 100, 70);
        assert!(!rows.take(&batch()).unwrap());
        assert_eq!((rows.count, rows.more), (1, true));
        assert!(Rows::new(Format::Json, 100, 3).take(&batch()).is_err());
    }
}
