//! Bodies of bulk ingest, rendered once; times and last digits are written in place, so that the generator costs little.

use crate::fleet::Series;
use anyhow::{Context, Result, ensure};
use arrow_array::types::Int32Type;
use arrow_array::{DictionaryArray, Float64Array, RecordBatch, TimestampMicrosecondArray};
use arrow_ipc::writer::StreamWriter;
use arrow_schema::{DataType, Field, Schema, TimeUnit};
use clap::ValueEnum;
use std::fmt::Write;
use std::sync::Arc;

/// How a body is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Line,
    Arrow,
}

impl Format {
    /// Its media type.
    pub(crate) fn media_type(self) -> &'static str {
        match self {
            Self::Line => "application/vnd.influx.line",
            Self::Arrow => "application/vnd.apache.arrow.stream",
        }
    }
}

/// A body whose rows get new times, and new last digits, at each sending.
pub(crate) struct Body {
    pub(crate) bytes: Vec<u8>,
    pub(crate) rows: usize,
    format: Format,
    /// Line protocol: where each time begins. Arrow: where the column of times begins.
    times: Vec<usize>,
    /// Line protocol: where the last two digits of a value begin.
    digits: Vec<usize>,
    turn: u8,
}

/// Digits of a time in microseconds, from 2001 to 2286.
const TIME: usize = 16;

impl Body {
    /// A body of `rows` rows over the series, beginning with number `first`, around and around.
    pub(crate) fn new(format: Format, series: &[Series], first: usize, rows: usize) -> Result<Self> {
        let of = |row: usize| &series[(first + row) % series.len()];
        match format {
            Format::Line => Ok(Self::line((0..rows).map(of))),
            Format::Arrow => Self::arrow((0..rows).map(of)),
        }
    }

    fn line<'a>(rows: impl Iterator<Item = &'a Series>) -> Self {
        let (mut text, mut times, mut digits) = (String::new(), Vec::new(), Vec::new());
        for Series {
            device,
            name,
            value,
            changes,
        } in rows
        {
            let _ = write!(text, "{name},device={device} value={value} ");
            if *changes {
                digits.push(text.len() - 3);
            }
            times.push(text.len());
            text.push_str("0000000000000000\n");
        }
        Self {
            bytes: text.into_bytes(),
            rows: times.len(),
            format: Format::Line,
            times,
            digits,
            turn: 0,
        }
    }

    fn arrow<'a>(rows: impl Iterator<Item = &'a Series>) -> Result<Self> {
        let rows: Vec<&Series> = rows.collect();
        // times that occur nowhere else in the stream, so that their column is found in it
        let marks: Vec<i64> = (0..rows.len() as i64).map(|row| 0x5eed_5eed_0000_0000 + row).collect();
        let text = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
        let schema = Arc::new(Schema::new(vec![
            Field::new("device", text.clone(), false),
            Field::new("name", text, false),
            Field::new("time", DataType::Timestamp(TimeUnit::Microsecond, None), false),
            Field::new("value", DataType::Float64, false),
        ]));
        let devices: DictionaryArray<Int32Type> = rows.iter().map(|series| series.device.as_str()).collect();
        let names: DictionaryArray<Int32Type> = rows.iter().map(|series| series.name).collect();
        let values: Vec<f64> = rows.iter().map(|series| series.value.parse().unwrap_or(0.0)).collect();
        let batch = RecordBatch::try_new(
            Arc::clone(&schema),
            vec![
                Arc::new(devices),
                Arc::new(names),
                Arc::new(TimestampMicrosecondArray::from(marks.clone())),
                Arc::new(Float64Array::from(values)),
            ],
        )?;
        let mut bytes = Vec::new();
        let mut writer = StreamWriter::try_new(&mut bytes, &schema)?;
        writer.write(&batch)?;
        writer.finish()?;
        drop(writer);
        let column: Vec<u8> = marks.iter().flat_map(|mark| mark.to_le_bytes()).collect();
        let found = bytes
            .windows(8)
            .position(|eight| eight == &column[..8])
            .context("no column of times")?;
        ensure!(
            bytes.get(found..found + column.len()) == Some(&column),
            "the column of times is cut"
        );
        Ok(Self {
            bytes,
            rows: rows.len(),
            format: Format::Arrow,
            times: vec![found],
            digits: Vec::new(),
            turn: 0,
        })
    }

    /// Gives each row a time of its own from `base` on, in microseconds, and the next last digits.
    pub(crate) fn stamp(&mut self, base: i64) {
        match self.format {
            Format::Line => {
                let mut text = digits_of(base);
                for at in &self.times {
                    self.bytes[*at..at + TIME].copy_from_slice(&text);
                    increase(&mut text);
                }
                self.turn = (self.turn + 1) % 100;
                let digits = [b'0' + self.turn / 10, b'0' + self.turn % 10];
                for at in &self.digits {
                    self.bytes[*at..at + 2].copy_from_slice(&digits);
                }
            }
            Format::Arrow => {
                let start = self.times[0];
                let column = self.bytes[start..start + 8 * self.rows].chunks_exact_mut(8);
                for (time, cell) in (base..).zip(column) {
                    cell.copy_from_slice(&time.to_le_bytes());
                }
            }
        }
    }
}

fn digits_of(time: i64) -> [u8; TIME] {
    let mut digits = [b'0'; TIME];
    let mut rest = time;
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    digits
}

fn increase(digits: &mut [u8; TIME]) {
    for digit in digits.iter_mut().rev() {
        if *digit < b'9' {
            *digit += 1;
            return;
        }
        *digit = b'0';
    }
}

#[cfg(test)]
mod tests {
    use super::{Body, Format};
    use crate::fleet::Series;

    #[test]
    fn a_line_body_gets_times_and_digits_in_place() {
        let series = Series {
            device: "a".into(),
            name: "current",
            value: "10.200",
            changes: true,
        };
        let mut body = Body::new(Format::Line, &[series], 0, 2).unwrap();
        body.stamp(1_763_715_000_000_099);
        let text = String::from_utf8(body.bytes).unwrap();
        assert_eq!(
            text,
            "current,device=a value=10.201 1763715000000099\ncurrent,device=a value=10.201 1763715000000100\n"
        );
    }
}
