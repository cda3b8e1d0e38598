//! What the API of the past takes and gives.

use crate::chart::{Gap, Point};
use crate::model::{JobStatus, LakeStatus, TableStatus};
use crate::query::range::{RangeAnswer, SeriesRange};
use crate::query::rows::Column;
use crate::query::tables::Described;
use crate::service::KnownTables;
use kernel::quality::{Grade, Quality};
use kernel::text::LangText;
use kernel::time::Timestamp;
use kernel::value::ValueKind;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A text in both languages.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = HistoryText)]
pub struct Text {
    /// Vietnamese.
    pub vi: String,
    /// English.
    pub en: String,
}

impl From<LangText> for Text {
    fn from(text: LangText) -> Self {
        Self {
            vi: text.vi,
            en: text.en,
        }
    }
}

/// Ranges of series.
#[derive(Serialize, ToSchema)]
pub struct HistoryAnswer {
    /// One per series, in the order asked.
    pub items: Vec<HistoryItem>,
    /// First instant (RFC 3339).
    pub from: String,
    /// End, not included (RFC 3339).
    pub to: String,
    /// Everything that had arrived by then is in (RFC 3339).
    pub known_to: String,
}

/// The range of one series.
#[derive(Serialize, ToSchema)]
pub struct HistoryItem {
    /// Series number.
    pub series: u32,
    /// Device.
    pub device: String,
    /// NGSI-LD attribute.
    pub attribute: String,
    /// Name in the payload.
    pub name: String,
    /// UCUM unit.
    pub unit: String,
    /// What people call the thing observed.
    pub title: Text,
    /// `number` or `boolean`; a boolean's values are 0 and 1.
    pub kind: &'static str,
    /// `minmax`, `lttb` or `mean`; long ranges are answered with `mean` from roll-ups, whatever was asked.
    pub method: &'static str,
    /// Seconds of a bucket, when points stand for buckets.
    pub bucket_s: Option<u64>,
    /// The points, by time.
    pub points: Vec<HistoryPoint>,
    /// Stretches in which the series was silent, longer than three expected intervals.
    pub gaps: Vec<HistoryGap>,
}

/// One point.
#[derive(Serialize, ToSchema)]
pub struct HistoryPoint {
    /// Phenomenon time, or the begin of the bucket (RFC 3339).
    pub time: String,
    /// The value, or the mean of the bucket.
    pub value: f64,
    /// Smallest value of the bucket.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    /// Largest value of the bucket.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
    /// Rows of the bucket.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// `suspect` or `bad`; absent when good. Of a bucket, the worst of its rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quality: Option<&'static str>,
}

/// A stretch without rows.
#[derive(Serialize, ToSchema)]
pub struct HistoryGap {
    /// The row before (RFC 3339).
    pub from: String,
    /// The row after (RFC 3339).
    pub to: String,
}

impl From<&Point> for HistoryPoint {
    fn from(point: &Point) -> Self {
        let quality = match Quality::from_byte(point.quality).grade() {
            Grade::Good => None,
            Grade::Suspect => Some("suspect"),
            Grade::Bad => Some("bad"),
        };
        Self {
            time: Timestamp::from_micros(point.time).to_string(),
            value: point.value,
            min: point.bucket.map(|bucket| bucket.min),
            max: point.bucket.map(|bucket| bucket.max),
            count: point.bucket.map(|bucket| bucket.count),
            quality,
        }
    }
}

impl From<&Gap> for HistoryGap {
    fn from(gap: &Gap) -> Self {
        Self {
            from: Timestamp::from_micros(gap.from).to_string(),
            to: Timestamp::from_micros(gap.to).to_string(),
        }
    }
}

impl From<&SeriesRange> for HistoryItem {
    fn from(range: &SeriesRange) -> Self {
        let info = &range.info;
        Self {
            series: info.id.0,
            device: info.device.to_string(),
            attribute: info.attribute.to_string(),
            name: info.name.to_string(),
            unit: info.unit.to_string(),
            title: info.title.clone().into(),
            kind: if info.kind == ValueKind::Boolean {
                "boolean"
            } else {
                "number"
            },
            method: range.method.word(),
            bucket_s: range.bucket.map(|bucket| bucket.as_secs()),
            points: range.points.iter().map(Into::into).collect(),
            gaps: range.gaps.iter().map(Into::into).collect(),
        }
    }
}

impl HistoryAnswer {
    /// The public form.
    pub fn new(answer: &RangeAnswer, from: Timestamp, to: Timestamp) -> Self {
        Self {
            items: answer.items.iter().map(Into::into).collect(),
            from: from.to_string(),
            to: to.to_string(),
            known_to: answer.known_to.to_string(),
        }
    }
}

/// A statement.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SqlQuestion {
    /// One SELECT or EXPLAIN over the tables that `GET /api/v1/sql/tables` lists.
    pub sql: String,
    /// Rows at most, 1 to 10000; 1000 by default.
    #[serde(default)]
    pub limit: Option<usize>,
}

/// The answer to a statement.
#[derive(Serialize, ToSchema)]
pub struct SqlAnswer {
    /// Its columns.
    pub columns: Vec<Column>,
    /// Rows of cells, in the order of the columns.
    #[schema(value_type = Vec<Vec<Object>>)]
    pub rows: Vec<Vec<serde_json::Value>>,
    /// Whether there are more rows than were given.
    pub more: bool,
    /// Everything that had arrived by then was looked at (RFC 3339).
    pub known_to: String,
    /// Milliseconds that it took.
    pub took_ms: u64,
}

/// What SQL can ask.
#[derive(Serialize, ToSchema)]
pub struct SqlTables {
    /// The tables.
    pub items: Vec<SqlTable>,
}

/// A table that SQL can ask.
#[derive(Serialize, ToSchema)]
pub struct SqlTable {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub title: Text,
    /// Its columns.
    pub columns: Vec<SqlTableColumn>,
    /// Rows in its files; absent where not all of them may be seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<u64>,
}

/// A column of a table that SQL can ask.
#[derive(Serialize, ToSchema)]
pub struct SqlTableColumn {
    /// Its name.
    pub name: String,
    /// `boolean`, `integer`, `number`, `text`, `time`, `date` or `other`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// What it says.
    pub title: Text,
}

impl From<KnownTables> for SqlTables {
    fn from(known: KnownTables) -> Self {
        let rows = known.rows;
        let views = known.views.into_iter().map(|view| SqlTable {
            rows: rows.get(view.name).copied(),
            name: view.name.to_owned(),
            title: view.title.into(),
            columns: view
                .columns
                .into_iter()
                .map(|(name, kind, title)| SqlTableColumn {
                    name,
                    kind,
                    title: title.into(),
                })
                .collect(),
        });
        let other = |described: Described| SqlTable {
            name: described.name.to_owned(),
            title: described.title.into(),
            rows: None,
            columns: described
                .columns
                .into_iter()
                .map(|column| SqlTableColumn {
                    name: column.name.to_owned(),
                    kind: column.kind.word(),
                    title: column.title.into(),
                })
                .collect(),
        };
        Self {
            items: views.chain(known.others.into_iter().map(other)).collect(),
        }
    }
}

/// How the lake does.
#[derive(Serialize, ToSchema)]
pub struct LakeView {
    /// Its tables.
    pub tables: Vec<LakeTable>,
    /// Durable rows that no table has yet.
    pub lag_rows: u64,
    /// Age of the oldest of them, in seconds.
    pub lag_s: u64,
    /// All rows up to here are in table `observations`: epoch-sequence.
    pub position: String,
    /// Background work.
    pub jobs: Vec<LakeJob>,
}

/// A table of the lake.
#[derive(Serialize, ToSchema)]
pub struct LakeTable {
    /// Its name.
    pub name: &'static str,
    /// Delta version.
    pub version: u64,
    /// Files of that version.
    pub files: u64,
    /// Bytes in them.
    pub bytes: u64,
    /// Rows in them.
    pub rows: u64,
}

/// One kind of background work.
#[derive(Serialize, ToSchema)]
pub struct LakeJob {
    /// Its name.
    pub name: &'static str,
    /// When it last ran (RFC 3339).
    pub last_run: Option<String>,
    /// When it last ran without a failure (RFC 3339).
    pub last_ok: Option<String>,
    /// What it did, or why it failed.
    pub detail: String,
}

impl From<LakeStatus> for LakeView {
    fn from(status: LakeStatus) -> Self {
        let table = |table: TableStatus| LakeTable {
            name: table.name,
            version: table.version,
            files: table.files,
            bytes: table.bytes,
            rows: table.rows,
        };
        let job = |job: JobStatus| LakeJob {
            name: job.name,
            last_run: job.last_run.map(|at| at.to_string()),
            last_ok: job.last_ok.map(|at| at.to_string()),
            detail: job.detail,
        };
        Self {
            tables: status.tables.into_iter().map(table).collect(),
            lag_rows: status.lag_rows,
            lag_s: status.lag_s,
            position: status.position.to_string(),
            jobs: status.jobs.into_iter().map(job).collect(),
        }
    }
}
