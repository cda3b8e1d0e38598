//! One data file of a table: what its name and its statistics say, so that most files need not be opened.

use chrono::{DateTime, SecondsFormat};
use deltalake::kernel::{Add, LogicalFileView, Remove};
use kernel::time::Timestamp;
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use uuid::Uuid;

/// A closed range of numbers of one column.
pub type Span = (i64, i64);

/// Everything: what is assumed where statistics are missing.
pub const ANY: Span = (i64::MIN, i64::MAX);

/// A data file of one version of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct LakeFile {
    /// Path below the table's folder.
    pub path: String,
    /// Length.
    pub bytes: u64,
    /// Rows.
    pub rows: u64,
    /// Partition, in days since 1970-01-01; 0 where the table has none.
    pub day: i32,
    /// Series inside.
    pub series: Span,
    /// `time` or `bucket`, in microseconds.
    pub time: Span,
    /// Packed positions inside.
    pub position: Span,
    /// Whether it holds rows that may replace others.
    pub late: bool,
}

impl LakeFile {
    /// A new name in a partition; it bears the time of its making by the injected clock.
    pub fn new_path(partition: Option<&str>, day: i32, late: bool, made: Timestamp) -> String {
        let kind = if late { "late" } else { "part" };
        let millis = u64::try_from(made.millis()).unwrap_or(0);
        let (seconds, nanos) = (millis / 1_000, (millis % 1_000) as u32 * 1_000_000);
        let id = Uuid::new_v7(uuid::Timestamp::from_unix(uuid::NoContext, seconds, nanos));
        let name = format!("{kind}-{}.parquet", id.simple());
        match partition {
            Some(column) => format!("{column}={}/{name}", day_text(day)),
            None => name,
        }
    }

    /// Whether the name of a file says that its rows may replace others.
    pub fn is_late(path: &str) -> bool {
        path.rsplit('/').next().is_some_and(|name| name.starts_with("late-"))
    }

    /// Whether rows of these times may be inside.
    pub fn may_hold(&self, time: Span) -> bool {
        self.time.0 <= time.1 && time.0 <= self.time.1
    }

    /// What a commit says when the file is added.
    pub fn add(&self, partition: Option<&str>, time_column: &str, data_change: bool, now: Timestamp) -> Add {
        let text = |micros: i64| {
            DateTime::from_timestamp_micros(micros)
                .unwrap_or_default()
                .to_rfc3339_opts(SecondsFormat::Micros, true)
        };
        let mut stats = Map::new();
        stats.insert("numRecords".to_owned(), json!(self.rows));
        if self.series != ANY {
            let ends = |series: i64, time: i64, position: i64| match self.time {
                ANY => json!({ "series": series }),
                _ => json!({ "series": series, time_column: text(time), "position": position }),
            };
            let min = ends(self.series.0, self.time.0, self.position.0);
            stats.insert("minValues".to_owned(), min);
            let max = ends(self.series.1, self.time.1, self.position.1);
            stats.insert("maxValues".to_owned(), max);
            let nulls = match self.time {
                ANY => json!({ "series": 0 }),
                _ => json!({ "series": 0, time_column: 0, "position": 0 }),
            };
            stats.insert("nullCount".to_owned(), nulls);
        }
        Add {
            path: self.path.clone(),
            partition_values: self.partition_values(partition),
            size: self.bytes as i64,
            modification_time: now.millis(),
            data_change,
            stats: Some(Value::Object(stats).to_string()),
            ..Add::default()
        }
    }

    /// What a commit says when the file is taken away.
    pub fn remove(&self, partition: Option<&str>, data_change: bool, now: Timestamp) -> Remove {
        Remove {
            path: self.path.clone(),
            data_change,
            deletion_timestamp: Some(now.millis()),
            extended_file_metadata: Some(true),
            partition_values: Some(self.partition_values(partition)),
            size: Some(self.bytes as i64),
            ..Remove::default()
        }
    }

    fn partition_values(&self, partition: Option<&str>) -> HashMap<String, Option<String>> {
        let value = |column: &str| (column.to_owned(), Some(day_text(self.day)));
        partition.map(value).into_iter().collect()
    }

    /// A file as the table's log tells of it.
    pub fn from_view(view: &LogicalFileView, partition: Option<&str>, time_column: &str) -> Self {
        let path = view.path().into_owned();
        let stats: Value = view
            .stats()
            .and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or_default();
        let span = |column: &str, read: &dyn Fn(&Value) -> Option<i64>| {
            let end = |ends: &str| stats.get(ends)?.get(column).and_then(read);
            end("minValues").zip(end("maxValues")).unwrap_or(ANY)
        };
        let day = partition
            .and_then(|column| {
                path.split('/')
                    .find_map(|part| part.strip_prefix(column)?.strip_prefix('='))
            })
            .and_then(day_of_text);
        Self {
            bytes: u64::try_from(view.size()).unwrap_or(0),
            rows: view.num_records().unwrap_or(0) as u64,
            day: day.unwrap_or(0),
            series: span("series", &Value::as_i64),
            time: span(time_column, &|value| {
                Timestamp::parse(value.as_str()?).ok().map(Timestamp::micros)
            }),
            position: span("position", &Value::as_i64),
            late: Self::is_late(&path),
            path,
        }
    }
}

/// Microseconds of a day.
pub const DAY_MICROS: i64 = 86_400_000_000;

/// The UTC day of an instant, in days since 1970-01-01.
pub fn day_of(micros: i64) -> i32 {
    i32::try_from(micros.div_euclid(DAY_MICROS)).unwrap_or(0)
}

/// The first day of the month of a day.
pub fn month_of(day: i32) -> i32 {
    let date = chrono::NaiveDate::from_epoch_days(day).unwrap_or_default();
    day - chrono::Datelike::day0(&date) as i32
}

fn day_text(day: i32) -> String {
    chrono::NaiveDate::from_epoch_days(day).unwrap_or_default().to_string()
}

fn day_of_text(text: &str) -> Option<i32> {
    let date: chrono::NaiveDate = text.parse().ok()?;
    Some(date.to_epoch_days())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_months_are_those_of_utc() {
        let micros = |text: &str| Timestamp::parse(text).unwrap().micros();
        let day = day_of(micros("2026-03-01T00:30:00+07:00"));
        assert_eq!(day_text(day), "2026-02-28");
        assert_eq!(day_text(month_of(day)), "2026-02-01");
        assert_eq!(day_of_text("2026-02-28"), Some(day));
        assert_eq!(day_of(-1), -1);
    }

    #[test]
    fn the_name_says_where_a_file_belongs() {
        let path = LakeFile::new_path(Some("day"), 0, true, Timestamp::EPOCH);
        assert!(
            path.starts_with("day=1970-01-01/late-") && LakeFile::is_late(&path),
            "{path}"
        );
        let path = LakeFile::new_path(None, 0, false, Timestamp::EPOCH);
        assert!(path.starts_with("part-") && !LakeFile::is_late(&path), "{path}");
    }
}
