//! What the tests of the lake stand on: an engine, a clock, blocks of rows, and the tables read back by themselves.

use arrow::array::{Array, AsArray};
use arrow::datatypes::{Float64Type, Int8Type, Int32Type, Int64Type, TimestampMicrosecondType};
use embedded::disk::{Disk, RealDisk};
use embedded::log::{EmbeddedLog, LogOptions};
use embedded::objects::EmbeddedObjects;
use history::lake::store::LakeStore;
use history::lake::table::{TableState, object_name};
use history::lake::{Lake, LakeState};
use history::model::{SeriesSource, Settings};
use history::reconcile::{Ground, Keeper};
use kernel::batch::Batch;
use kernel::block::{Block, Run};
use kernel::position::Position;
use kernel::quality::{Doubt, Grade, Quality};
use kernel::series::{SeriesId, SeriesInfo};
use kernel::time::Timestamp;
use kernel::value::ValueKind;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use ports::log::Log;
use ports::objects::Objects;
use ports::series::SeriesLog;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use testkit::clock::VirtualClock;
use tokio::sync::watch;

/// No series are registered.
#[derive(Debug)]
pub(crate) struct NoSeries;

impl SeriesSource for NoSeries {
    fn all(&self) -> Vec<Arc<SeriesInfo>> {
        Vec::new()
    }
}

/// One row as a test sees it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Row {
    pub(crate) series: u32,
    pub(crate) time: i64,
    pub(crate) value: f64,
    pub(crate) grade: Grade,
}

pub(crate) fn row(series: u32, time: i64, value: f64) -> Row {
    Row {
        series,
        time,
        value,
        grade: Grade::Good,
    }
}

pub(crate) fn block(rows: &[Row], received: Timestamp) -> Block {
    let mut batch = Batch::default();
    for row in rows {
        let quality = match row.grade {
            Grade::Good => Quality::GOOD,
            grade => Quality::new(grade, Doubt::Range),
        };
        let (series, time) = (SeriesId(row.series), Timestamp::from_micros(row.time));
        batch.push_bits(series, time, ValueKind::Number, row.value.to_bits(), quality);
    }
    let run = Run {
        sender: "loader".into(),
        received,
        rows: rows.len() as u32,
        mark: None,
    };
    Block { runs: vec![run], batch }
}

/// What remains after a crash: a disk.
#[derive(Clone, Debug)]
pub(crate) struct House {
    pub(crate) disk: Arc<dyn Disk>,
    pub(crate) dir: std::path::PathBuf,
    pub(crate) clock: VirtualClock,
    pub(crate) settings: Settings,
    pub(crate) series: Arc<dyn SeriesSource>,
    pub(crate) is_full: watch::Sender<bool>,
}

/// The ports, open.
pub(crate) struct Engine {
    pub(crate) log: SeriesLog,
    pub(crate) objects: Arc<dyn Objects>,
}

impl House {
    pub(crate) fn real(dir: &Path) -> Self {
        Self::on(Arc::new(RealDisk), dir)
    }

    pub(crate) fn on(disk: Arc<dyn Disk>, dir: &Path) -> Self {
        Self {
            disk,
            dir: dir.to_owned(),
            clock: VirtualClock::default(),
            settings: Settings::default(),
            series: Arc::new(NoSeries),
            is_full: watch::Sender::new(false),
        }
    }

    pub(crate) fn open(&self) -> ports::error::Result<Engine> {
        let options = LogOptions {
            segment_bytes: 4_096,
            max_bytes: 16 << 20,
            ..LogOptions::default()
        };
        let (log, _) = EmbeddedLog::open(Arc::clone(&self.disk), &self.dir.join("log"), options)?;
        let objects = EmbeddedObjects::open(Arc::clone(&self.disk), &self.dir.join("objects"))?;
        let log: Arc<dyn Log> = Arc::new(log);
        Ok(Engine {
            log: SeriesLog::new(log),
            objects: Arc::new(objects),
        })
    }

    pub(crate) fn ground(&self, engine: &Engine) -> Arc<Ground> {
        Arc::new(Ground {
            log: engine.log.clone(),
            objects: Arc::clone(&engine.objects),
            clock: Arc::new(self.clock.clone()),
            series: Arc::clone(&self.series),
            waits_for: Vec::new(),
            is_full: self.is_full.subscribe(),
            settings: self.settings.clone(),
        })
    }

    pub(crate) async fn keeper(&self, engine: &Engine) -> history::error::Result<(Keeper, Lake)> {
        let lake = Lake::new(LakeStore::new(Arc::clone(&engine.objects)));
        let keeper = Keeper::open(self.ground(engine), lake.clone()).await?;
        Ok((keeper, lake))
    }

    /// Time passes, and the lake does everything that is due.
    pub(crate) async fn pass(&self, keeper: &mut Keeper, by: Duration) -> history::error::Result<()> {
        while keeper.turn().await? {}
        self.clock.advance(by);
        while keeper.turn().await? {}
        Ok(())
    }
}

/// A row of table `observations`.
#[derive(Clone, Debug, PartialEq, PartialOrd)]
pub(crate) struct Stored {
    pub(crate) series: i32,
    pub(crate) time: i64,
    pub(crate) position: i64,
    pub(crate) row: i32,
    pub(crate) number: Option<f64>,
    pub(crate) text: Option<String>,
    pub(crate) quality: i8,
    pub(crate) late: bool,
}

/// All rows of table `observations`, read without any code of the lake but the list of files.
pub(crate) async fn stored(objects: &dyn Objects, state: &LakeState) -> Vec<Stored> {
    let mut rows = Vec::new();
    for batch in batches(objects, &state.observations).await {
        let time = batch.column(1).as_primitive::<TimestampMicrosecondType>();
        let number = batch.column(3).as_primitive::<Float64Type>();
        let text = batch.column(4).as_string::<i32>();
        for at in 0..batch.num_rows() {
            rows.push(Stored {
                series: batch.column(0).as_primitive::<Int32Type>().value(at),
                time: time.value(at),
                number: number.is_valid(at).then(|| number.value(at)),
                text: text.is_valid(at).then(|| text.value(at).to_owned()),
                quality: batch.column(5).as_primitive::<Int8Type>().value(at),
                position: batch.column(8).as_primitive::<Int64Type>().value(at),
                row: batch.column(9).as_primitive::<Int32Type>().value(at),
                late: batch.column(10).as_boolean().value(at),
            });
        }
    }
    rows
}

/// What a roll-up says of a bucket: count, good, min, max, sum, first, last.
pub(crate) type Bucket = (i64, i64, f64, f64, f64, f64, f64);

/// All rows of a roll-up; a bucket that stands there twice fails the test.
pub(crate) async fn buckets(objects: &dyn Objects, table: &TableState) -> BTreeMap<(u32, i64), Bucket> {
    let mut found = BTreeMap::new();
    for batch in batches(objects, table).await {
        let whole = |column: usize, at: usize| batch.column(column).as_primitive::<Int64Type>().value(at);
        // a bucket without a usable value has no figures
        let float = |column: usize, at: usize| match batch.column(column).is_null(at) {
            true => 0.0,
            false => batch.column(column).as_primitive::<Float64Type>().value(at),
        };
        for at in 0..batch.num_rows() {
            let series = batch.column(0).as_primitive::<Int32Type>().value(at) as u32;
            let bucket = batch.column(1).as_primitive::<TimestampMicrosecondType>().value(at);
            let values = (
                whole(2, at),
                whole(3, at),
                float(4, at),
                float(5, at),
                float(6, at),
                float(7, at),
                float(8, at),
            );
            assert_eq!(batch.column(4).is_null(at), values.0 == 0, "({series}, {bucket})");
            assert_eq!(
                found.insert((series, bucket), values),
                None,
                "({series}, {bucket}) twice"
            );
        }
    }
    found
}

async fn batches(objects: &dyn Objects, table: &TableState) -> Vec<arrow::array::RecordBatch> {
    let mut all = Vec::new();
    for file in table.files.values() {
        let bytes = objects
            .get(&object_name(table.name, &file.path))
            .await
            .unwrap()
            .unwrap();
        let reader = ParquetRecordBatchReaderBuilder::try_new(bytes)
            .unwrap()
            .build()
            .unwrap();
        all.extend(reader.map(Result::unwrap));
    }
    all
}

/// What counts among stored rows, by the rule of the table: of each name the highest (position, row).
pub(crate) fn current(rows: &[Stored]) -> BTreeMap<(u32, i64), Stored> {
    let mut best: BTreeMap<(u32, i64), Stored> = BTreeMap::new();
    for row in rows {
        let name = (row.series as u32, row.time);
        let found = best.entry(name).or_insert_with(|| row.clone());
        if (row.position, row.row) > (found.position, found.row) {
            *found = row.clone();
        }
    }
    best
}

/// Roll-ups computed from rows in the plainest way.
pub(crate) fn expected(rows: &BTreeMap<(u32, i64), Stored>, width: i64) -> BTreeMap<(u32, i64), Bucket> {
    let mut buckets: BTreeMap<(u32, i64), Vec<&Stored>> = BTreeMap::new();
    for ((series, time), row) in rows {
        let bucket = time.div_euclid(width) * width;
        buckets.entry((*series, bucket)).or_default().push(row);
    }
    let of = |rows: Vec<&Stored>| {
        let usable: Vec<f64> = rows
            .iter()
            .filter(|row| row.quality < 2)
            .filter_map(|row| row.number)
            .collect();
        let good = rows.iter().filter(|row| row.quality == 0).count() as i64;
        let none = (0, 0, 0.0, 0.0, 0.0, 0.0, 0.0);
        let (Some(first), Some(last)) = (usable.first(), usable.last()) else {
            return none;
        };
        (
            usable.len() as i64,
            good,
            usable.iter().copied().fold(f64::INFINITY, f64::min),
            usable.iter().copied().fold(f64::NEG_INFINITY, f64::max),
            usable.iter().sum(),
            *first,
            *last,
        )
    };
    buckets.into_iter().map(|(name, rows)| (name, of(rows))).collect()
}

/// The rows of the log after a position.
pub(crate) async fn tail(log: &SeriesLog, after: Position) -> Vec<(i64, i32, Row)> {
    let (mut rows, mut at) = (Vec::new(), after);
    loop {
        let blocks = log.read(at, 1 << 20).await.unwrap();
        if blocks.is_empty() {
            return rows;
        }
        for (position, block) in blocks {
            for number in 0..block.batch.len() {
                let found = Row {
                    series: block.batch.series[number].0,
                    time: block.batch.time[number].micros(),
                    value: f64::from_bits(block.batch.bits[number]),
                    grade: block.batch.quality[number].grade(),
                };
                rows.push((history::lake::schema::pack(position), number as i32, found));
            }
            at = position;
        }
    }
}
