//! What the lake is filled with: a row per step of every series, made from numbers alone, so that every run is the same.

use crate::fleet::{LOADER, Series};
use crate::http::Client;
use crate::senders::now;
use anyhow::{Result, bail, ensure};
use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, BooleanArray, DictionaryArray, Float64Array, RecordBatch, TimestampMicrosecondArray};
use arrow_ipc::writer::StreamWriter;
use arrow_schema::{DataType, Field, Schema, SchemaRef, TimeUnit};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;

const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;
/// Days that the first series have rows for, so that a month of one can be asked.
const MONTH_DAYS: i64 = 30;
/// How many series have a month.
pub(super) const MONTH_SERIES: usize = 10;
/// Connections at once, each with series of its own.
const CONNECTIONS: usize = 4;
/// Fewest rows of a body.
const ROWS: usize = 5_000;
/// Of the series, every so manyth is corrected for a day.
const CORRECTED: usize = 100;
/// What a correction adds.
const CORRECTION: f64 = 0.5;

/// A plan of rows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fill {
    series: u64,
    /// Microseconds between two rows of a series.
    step: i64,
    /// First instant of the city, and end of everything: midnight.
    begin: i64,
    end: i64,
}

impl Fill {
    /// So many rows over so many series with so many seconds between two rows of one, ending last midnight (UTC).
    pub(super) fn new(observations: u64, series: u64, step_s: i64) -> Result<Self> {
        ensure!(
            series >= MONTH_SERIES as u64,
            "at least {MONTH_SERIES} series are needed"
        );
        ensure!(
            step_s > 0 && 300 % step_s == 0,
            "a step of {step_s} s does not fit into five minutes"
        );
        let (steps, day) = (i64::try_from(observations / series)?, 86_400 / step_s);
        ensure!(
            steps >= 2 * day,
            "at least two days of rows are needed: {} observations",
            series as i64 * 2 * day
        );
        ensure!(
            steps <= MONTH_DAYS * day,
            "at most a month of rows is sent: {} observations",
            series as i64 * MONTH_DAYS * day
        );
        let (end, step) = (now().div_euclid(DAY) * DAY, step_s * SECOND);
        Ok(Self {
            series,
            step,
            begin: end - steps * step,
            end,
        })
    }

    /// The last 30 days.
    pub(super) fn month(&self) -> (i64, i64) {
        (self.end - MONTH_DAYS * DAY, self.end)
    }

    /// The last day.
    pub(super) fn day(&self) -> (i64, i64) {
        (self.end - DAY, self.end)
    }

    /// The day before, of which rows are corrected at last.
    pub(super) fn corrected_day(&self) -> (i64, i64) {
        (self.end - 2 * DAY, self.end - DAY)
    }

    /// Buckets of so many seconds that have rows.
    pub(super) fn buckets(&self, seconds: i64) -> u64 {
        let length = seconds * SECOND;
        let count = |begin: i64| (self.end.div_euclid(length) - begin.div_euclid(length)) as u64;
        count(self.begin) * (self.series - MONTH_SERIES as u64) + count(self.month().0) * MONTH_SERIES as u64
    }

    /// Sends everything; gives the number of rows. The first series must be numbers.
    pub(super) async fn send(self, at: SocketAddr, series: &[Series], token: &str) -> Result<u64> {
        let month = series[..MONTH_SERIES].to_vec();
        let before = self.stretch(at, &month, 0, token, (self.month().0, self.begin), 0.0);
        let mut sent = before.await?;
        let (doors, numbers): (Vec<_>, Vec<_>) = series.iter().cloned().partition(Series::is_door);
        let share = numbers.len().div_ceil(CONNECTIONS).max(1);
        let mut parts: Vec<(Vec<Series>, usize)> = Vec::new();
        for (number, part) in numbers.chunks(share).enumerate() {
            parts.push((part.to_vec(), number * share));
        }
        if !doors.is_empty() {
            parts.push((doors, numbers.len()));
        }
        let mut running = JoinSet::new();
        for (part, first) in parts {
            let token = token.to_owned();
            let all = (self.begin, self.end);
            running.spawn(async move { self.stretch(at, &part, first, &token, all, 0.0).await });
        }
        while let Some(ended) = running.join_next().await {
            sent += ended??;
        }
        Ok(sent)
    }

    /// Sends other values for a hundredth of the series for a day; gives the number of rows.
    pub(super) async fn correct(self, at: SocketAddr, series: &[Series], token: &str) -> Result<u64> {
        let mut sent = 0;
        let numbers: Vec<&Series> = series.iter().filter(|series| !series.is_door()).collect();
        for (number, series) in numbers.iter().enumerate().step_by(CORRECTED) {
            let one = [Series::clone(series)];
            let day = self.corrected_day();
            sent += self.stretch(at, &one, number, token, day, CORRECTION).await?;
        }
        Ok(sent)
    }

    /// Step after step over some series, which are the city's from number `first` on.
    async fn stretch(
        self,
        at: SocketAddr,
        series: &[Series],
        first: usize,
        token: &str,
        (from, to): (i64, i64),
        more: f64,
    ) -> Result<u64> {
        let mut client = Client::connect(at).await?;
        let headers = format!("Authorization: Bearer {token}\r\nContent-Type: application/vnd.apache.arrow.stream\r\n");
        let columns = Columns::new(series, first, self.step, more);
        let steps = ROWS.div_ceil(series.len()).max(1) as i64;
        let (mut sent, mut time) = (0, from);
        while time < to {
            let until = to.min(time + steps * self.step);
            let (body, rows) = columns.body(time, until)?;
            loop {
                let answer = client.ask("POST", "/api/v1/observations", &headers, &body).await?;
                match answer.status {
                    200 => break,
                    // the log or the queue is full for a moment
                    429 | 503 | 507 => tokio::time::sleep(Duration::from_millis(200)).await,
                    status => bail!("{LOADER}: {status} {}", String::from_utf8_lossy(&answer.body)),
                }
            }
            sent += rows;
            time = until;
        }
        Ok(sent)
    }
}

/// What does not change between bodies.
struct Columns {
    schema: SchemaRef,
    series: Vec<Series>,
    base: Vec<f64>,
    first: usize,
    step: i64,
}

impl Columns {
    fn new(series: &[Series], first: usize, step: i64, more: f64) -> Self {
        let doors = series.first().is_some_and(Series::is_door);
        let text = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
        let schema = Arc::new(Schema::new(vec![
            Field::new("device", text.clone(), false),
            Field::new("name", text, false),
            Field::new("time", DataType::Timestamp(TimeUnit::Microsecond, None), false),
            Field::new(
                "value",
                if doors { DataType::Boolean } else { DataType::Float64 },
                false,
            ),
        ]));
        Self {
            schema,
            base: series
                .iter()
                .map(|series| series.value.parse().unwrap_or(0.0) + more)
                .collect(),
            series: series.to_vec(),
            first,
            step,
        }
    }

    fn body(&self, from: i64, to: i64) -> Result<(Vec<u8>, u64)> {
        let steps: Vec<i64> = (from..to).step_by(self.step as usize).collect();
        let rows = steps.len() * self.series.len();
        let each = || {
            steps
                .iter()
                .flat_map(|time| (0..self.series.len()).map(move |at| (*time, at)))
        };
        let devices: DictionaryArray<Int32Type> = each().map(|(_, at)| self.series[at].device.as_str()).collect();
        let names: DictionaryArray<Int32Type> = each().map(|(_, at)| self.series[at].name).collect();
        // devices do not speak at the same instant
        let times = each().map(|(time, at)| time + ((self.first + at) as i64 * 7_919_000) % self.step);
        let number = |(time, at): (i64, usize)| {
            let changes = self.series[at].changes;
            self.base[at] + if changes { noise(time, self.first + at) } else { 0.0 }
        };
        let values: ArrayRef = match self.schema.field(3).data_type() {
            // a door stands open now and then
            DataType::Boolean => Arc::new(BooleanArray::from_iter(each().map(|row| Some(number(row) >= 0.085)))),
            _ => Arc::new(Float64Array::from_iter_values(each().map(number))),
        };
        let times = Arc::new(TimestampMicrosecondArray::from_iter_values(times));
        let columns: Vec<ArrayRef> = vec![Arc::new(devices), Arc::new(names), times, values];
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), columns)?;
        let mut bytes = Vec::new();
        let mut writer = StreamWriter::try_new(&mut bytes, &self.schema)?;
        writer.write(&batch)?;
        writer.finish()?;
        drop(writer);
        Ok((bytes, rows as u64))
    }
}

/// Between 0 and 0.09, from the instant and the series alone (SplitMix64).
fn noise(time: i64, series: usize) -> f64 {
    let mut state = (time as u64 ^ (series as u64) << 40).wrapping_add(0x9e37_79b9_7f4a_7c15);
    state = (state ^ state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    state = (state ^ state >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((state ^ state >> 31) % 90) as f64 / 1_000.0
}

#[cfg(test)]
mod tests {
    use super::Fill;

    #[test]
    fn a_plan_counts_its_buckets() {
        let fill = Fill::new(2 * 20 * 288, 20, 300).unwrap();
        assert_eq!(fill.buckets(3_600), 10 * 48 + 10 * 720);
        assert!(Fill::new(20, 20, 300).is_err());
        assert!(Fill::new(2 * 20 * 288, 20, 7).is_err());
        assert_eq!(super::noise(1, 2), super::noise(1, 2));
        assert_ne!(super::noise(1, 2), super::noise(2, 2));
    }
}
