//! What the lake is filled with: a row per minute of every series, made from numbers alone, so that every run is the same.

use crate::fleet::{LOADER, Series};
use crate::http::Client;
use crate::senders::now;
use anyhow::{Result, ensure};
use arrow_array::types::Int32Type;
use arrow_array::{DictionaryArray, Float64Array, RecordBatch, TimestampMicrosecondArray};
use arrow_ipc::writer::StreamWriter;
use arrow_schema::{DataType, Field, Schema, SchemaRef, TimeUnit};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::task::JoinSet;

const MINUTE: i64 = 60_000_000;
const DAY: i64 = 1_440 * MINUTE;
/// Days that the first series have rows for, so that a month of one can be asked.
const MONTH_DAYS: i64 = 30;
/// How many series have a month.
const MONTH_SERIES: usize = 10;
/// Connections at once, each with series of its own.
const CONNECTIONS: usize = 4;

/// A plan of rows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fill {
    series: u64,
    /// First instant of the city, and end of everything: midnight.
    begin: i64,
    end: i64,
}

impl Fill {
    /// So many rows over so many series, ending last midnight (UTC).
    pub(crate) fn new(observations: u64, series: u64) -> Result<Self> {
        ensure!(
            series >= MONTH_SERIES as u64,
            "at least {MONTH_SERIES} series are needed"
        );
        let minutes = i64::try_from(observations / series)?;
        ensure!(
            minutes >= 1_440,
            "at least a day of rows is needed: {} observations",
            series * 1_440
        );
        ensure!(
            minutes <= MONTH_DAYS * 1_440,
            "at most a month of rows is sent: {} observations",
            series * 43_200
        );
        let end = now().div_euclid(DAY) * DAY;
        Ok(Self {
            series,
            begin: end - minutes * MINUTE,
            end,
        })
    }

    /// The last 30 days.
    pub(crate) fn month(&self) -> (i64, i64) {
        (self.end - MONTH_DAYS * DAY, self.end)
    }

    /// The last day.
    pub(crate) fn day(&self) -> (i64, i64) {
        (self.end - DAY, self.end)
    }

    /// Buckets of so many seconds that have rows.
    pub(crate) fn buckets(&self, seconds: i64) -> u64 {
        let length = seconds * 1_000_000;
        let count = |begin: i64| (self.end.div_euclid(length) - begin.div_euclid(length)) as u64;
        count(self.begin) * (self.series - MONTH_SERIES as u64) + count(self.month().0) * MONTH_SERIES as u64
    }

    /// Sends everything; gives the number of rows.
    pub(crate) async fn send(self, at: SocketAddr, series: &[Series], token: &str) -> Result<u64> {
        let month = series[..MONTH_SERIES].to_vec();
        let mut sent = self.stretch(at, &month, 0, token, self.month().0, self.begin).await?;
        let mut running = JoinSet::new();
        let share = series.len().div_ceil(CONNECTIONS);
        for (number, part) in series.chunks(share).enumerate() {
            let (part, token) = (part.to_vec(), token.to_owned());
            running.spawn(async move {
                self.stretch(at, &part, number * share, &token, self.begin, self.end)
                    .await
            });
        }
        while let Some(ended) = running.join_next().await {
            sent += ended??;
        }
        Ok(sent)
    }

    /// Minute after minute over some series.
    async fn stretch(
        self,
        at: SocketAddr,
        series: &[Series],
        first: usize,
        token: &str,
        from: i64,
        to: i64,
    ) -> Result<u64> {
        /// Fewest rows of a body.
        const ROWS: usize = 5_000;
        let mut client = Client::connect(at).await?;
        let headers = format!("Authorization: Bearer {token}\r\nContent-Type: application/vnd.apache.arrow.stream\r\n");
        let columns = Columns::new(series, first);
        let step = ROWS.div_ceil(series.len()).max(1) as i64;
        let (mut sent, mut minute) = (0, from);
        while minute < to {
            let until = to.min(minute + step * MINUTE);
            let (body, rows) = columns.body(minute, until)?;
            loop {
                let answer = client.ask("POST", "/api/v1/observations", &headers, &body).await?;
                match answer.status {
                    200 => break,
                    // the log or the queue is full for a moment
                    429 | 503 | 507 => tokio::time::sleep(std::time::Duration::from_millis(200)).await,
                    status => anyhow::bail!("{LOADER}: {status} {}", String::from_utf8_lossy(&answer.body)),
                }
            }
            sent += rows;
            minute = until;
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
}

impl Columns {
    fn new(series: &[Series], first: usize) -> Self {
        let text = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
        let schema = Arc::new(Schema::new(vec![
            Field::new("device", text.clone(), false),
            Field::new("name", text, false),
            Field::new("time", DataType::Timestamp(TimeUnit::Microsecond, None), false),
            Field::new("value", DataType::Float64, false),
        ]));
        Self {
            schema,
            base: series
                .iter()
                .map(|series| series.value.parse().unwrap_or(0.0))
                .collect(),
            series: series.to_vec(),
            first,
        }
    }

    fn body(&self, from: i64, to: i64) -> Result<(Vec<u8>, u64)> {
        let minutes: Vec<i64> = (from..to).step_by(MINUTE as usize).collect();
        let rows = minutes.len() * self.series.len();
        let each = || {
            minutes
                .iter()
                .flat_map(|minute| (0..self.series.len()).map(move |at| (*minute, at)))
        };
        let devices: DictionaryArray<Int32Type> = each().map(|(_, at)| self.series[at].device.as_str()).collect();
        let names: DictionaryArray<Int32Type> = each().map(|(_, at)| self.series[at].name).collect();
        // devices do not speak at the same instant
        let times = each().map(|(minute, at)| minute + ((self.first + at) as i64 * 7_919) % MINUTE);
        let values = each().map(|(minute, at)| {
            self.base[at]
                + if self.series[at].changes {
                    noise(minute, self.first + at)
                } else {
                    0.0
                }
        });
        let batch = RecordBatch::try_new(
            Arc::clone(&self.schema),
            vec![
                Arc::new(devices),
                Arc::new(names),
                Arc::new(TimestampMicrosecondArray::from_iter_values(times)),
                Arc::new(Float64Array::from_iter_values(values)),
            ],
        )?;
        let mut bytes = Vec::new();
        let mut writer = StreamWriter::try_new(&mut bytes, &self.schema)?;
        writer.write(&batch)?;
        writer.finish()?;
        drop(writer);
        Ok((bytes, rows as u64))
    }
}

/// Between 0 and 0.09, from the minute and the series alone (SplitMix64).
fn noise(minute: i64, series: usize) -> f64 {
    let mut state = (minute as u64 ^ (series as u64) << 40).wrapping_add(0x9e37_79b9_7f4a_7c15);
    state = (state ^ state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    state = (state ^ state >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((state ^ state >> 31) % 90) as f64 / 1_000.0
}

#[cfg(test)]
mod tests {
    use super::Fill;

    #[test]
    fn a_plan_counts_its_buckets() {
        let fill = Fill::new(20 * 1_440, 20).unwrap();
        assert_eq!(fill.buckets(3_600), 10 * 24 + 10 * 720);
        assert!(Fill::new(20, 20).is_err());
        assert_eq!(super::noise(1, 2), super::noise(1, 2));
        assert_ne!(super::noise(1, 2), super::noise(2, 2));
    }
}
