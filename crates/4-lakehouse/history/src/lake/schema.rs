//! The tables of the lake as everybody sees them, DuckDB and pyarrow included: columns, order, position.
//!
//! **What a reader has to know.**
//! - A row is named by (series, time). When a name occurs twice, the row with the highest (`position`, `row`) counts; the
//!   others tell what was known before (SEMANTICS 2, 7).
//! - Files whose name begins with `part-` hold rows with `late = false`: no two of them share a name. Files that begin with
//!   `late-` hold rows with `late = true`: each of these may replace a row of any file, and never is replaced by one with
//!   `late = false`. So what counts is: rows that are not late and have no late row of their name, and of the late rows of
//!   a name the highest. Where no late file lies in the days asked for, nothing has to be compared.
//! - Roll-ups hold each (series, bucket) once. All rows up to the roll-up's position are in them; a (series, bucket) with a
//!   row of a later position, in the table or in the tail of the log, has to be computed from rows.

use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use kernel::position::Position;
use std::sync::Arc;

/// Bits of a packed position that hold the sequence number.
const SEQUENCE_BITS: u32 = 40;

/// A log position as one number that compares as positions do: epoch above, sequence number in the low 40 bits. Sequence
/// numbers beyond 2^40 and epochs beyond 2^22 do not occur in the life of an installation; they saturate.
pub fn pack(position: Position) -> i64 {
    let sequence = position.sequence.min((1 << SEQUENCE_BITS) - 1);
    let epoch = u64::from(position.epoch).min((1 << 22) - 1);
    (epoch << SEQUENCE_BITS | sequence) as i64
}

/// The position of a packed one; negative numbers stand for the start.
pub fn unpack(packed: i64) -> Position {
    let packed = u64::try_from(packed).unwrap_or(0);
    Position {
        epoch: (packed >> SEQUENCE_BITS) as u32,
        sequence: packed & ((1 << SEQUENCE_BITS) - 1),
    }
}

/// Microseconds UTC, as in all tables.
pub fn instant() -> DataType {
    DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
}

/// All observations as they came, partitioned by `day` (UTC day of `time`), sorted by (series, time, position, row) in each
/// file.
///
/// | column | meaning |
/// |---|---|
/// | series | number of the series, see table `series` |
/// | time | phenomenon time |
/// | kind | type of the value: 0 number, 1 boolean, 2 text, 3 point, 4 json |
/// | number | the number; 0 or 1 of a boolean; else null |
/// | text | the text; JSON as text; a point as WKT `POINT(longitude latitude)`; else null |
/// | quality | 0 good, 1 suspect, 2 bad |
/// | doubt | why not good: 0 none, 1 range, 2 rate, 3 skew, 4 untimed, 5 sender |
/// | received | when it arrived |
/// | position | place in the log, see [`pack`] |
/// | row | number of the row in its block of the log |
/// | late | whether it may replace another row, see above |
/// | day | partition |
pub fn observations_schema() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new("series", DataType::Int32, false),
        Field::new("time", instant(), false),
        Field::new("kind", DataType::Int8, false),
        Field::new("number", DataType::Float64, true),
        Field::new("text", DataType::Utf8, true),
        Field::new("quality", DataType::Int8, false),
        Field::new("doubt", DataType::Int8, false),
        Field::new("received", instant(), false),
        Field::new("position", DataType::Int64, false),
        Field::new("row", DataType::Int32, false),
        Field::new("late", DataType::Boolean, false),
        Field::new("day", DataType::Date32, false),
    ]))
}

/// Roll-ups over 5 minutes (`rollup_5m`, partitioned by `day`) and over an hour (`rollup_1h`, partitioned by `month`, the
/// first day of it), each sorted by (series, bucket). Only numbers and booleans, and of them only rows that are not bad.
///
/// | column | meaning |
/// |---|---|
/// | series | number of the series |
/// | bucket | first instant of the bucket, UTC |
/// | count | rows that are good or suspect; 0 when every row is bad, then the other values are null |
/// | good | rows that are good |
/// | min, max, sum | of the counted rows; the mean is sum / count |
/// | first, last | value of the earliest and of the latest counted row |
/// | first_time, last_time | their times |
/// | position | highest log position among all rows of the bucket |
/// | day or month | partition |
pub fn rollup_schema(partition: &str) -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new("series", DataType::Int32, false),
        Field::new("bucket", instant(), false),
        Field::new("count", DataType::Int64, false),
        Field::new("good", DataType::Int64, false),
        Field::new("min", DataType::Float64, true),
        Field::new("max", DataType::Float64, true),
        Field::new("sum", DataType::Float64, true),
        Field::new("first", DataType::Float64, true),
        Field::new("last", DataType::Float64, true),
        Field::new("first_time", instant(), true),
        Field::new("last_time", instant(), true),
        Field::new("position", DataType::Int64, false),
        Field::new(partition, DataType::Date32, false),
    ]))
}

/// The registry of series as rows, replaced as a whole when it changes. Not partitioned.
///
/// `areas` are commune codes, separated by blanks; `longitude` and `latitude` are null for what moves.
pub fn series_schema() -> SchemaRef {
    let text = |name: &str| Field::new(name, DataType::Utf8, false);
    Arc::new(Schema::new(vec![
        Field::new("series", DataType::Int32, false),
        text("entity"),
        text("attribute"),
        text("device"),
        text("name"),
        text("unit"),
        text("kind"),
        text("profile"),
        text("org"),
        text("areas"),
        text("classification"),
        text("title_vi"),
        text("title_en"),
        Field::new("longitude", DataType::Float64, true),
        Field::new("latitude", DataType::Float64, true),
    ]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_positions_compare_as_positions_do() {
        let position = |epoch, sequence| Position { epoch, sequence };
        let all = [
            Position::START,
            position(0, 1),
            position(0, 1 << 39),
            position(1, 0),
            position(1, 7),
            position(900, 3),
        ];
        for pair in all.windows(2) {
            assert!(pack(pair[0]) < pack(pair[1]));
        }
        for position in all {
            assert_eq!(unpack(pack(position)), position);
        }
        assert_eq!(unpack(-1), Position::START);
    }
}
