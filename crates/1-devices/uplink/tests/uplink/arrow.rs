//! Arrow IPC streams: column types, nulls, dictionaries, and what is wrong with others.

use super::show::{read, rejected, rows};
use arrow_array::types::Int32Type;
use arrow_array::{
    ArrayRef, BooleanArray, DictionaryArray, Float64Array, Int32Array, Int64Array, LargeStringArray, ListArray,
    RecordBatch, StringArray, StringViewArray, TimestampMillisecondArray, TimestampNanosecondArray, UInt8Array,
};
use arrow_ipc::writer::StreamWriter;
use std::sync::Arc;
use uplink::{DecodeError, Decoded, Format};

pub(crate) fn stream(columns: Vec<(&str, ArrayRef)>) -> Vec<u8> {
    let batch =
        RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, array)| (name, array, true))).unwrap();
    let mut bytes = Vec::new();
    let mut writer = StreamWriter::try_new(&mut bytes, &batch.schema()).unwrap();
    writer.write(&batch).unwrap();
    writer.finish().unwrap();
    drop(writer);
    bytes
}

fn arrow(columns: Vec<(&str, ArrayRef)>) -> Result<Decoded, DecodeError> {
    read(Format::Arrow, &stream(columns))
}

fn names(names: &[&str]) -> ArrayRef {
    Arc::new(StringArray::from(names.to_vec()))
}

#[test]
fn tables_are_read_whatever_their_types() {
    let dictionary: DictionaryArray<Int32Type> = [Some("g1"), None, Some("g2")].into_iter().collect();
    let decoded = arrow(vec![
        ("device", Arc::new(dictionary)),
        ("name", names(&["level", "level", "rain"])),
        (
            "time",
            Arc::new(TimestampNanosecondArray::from(vec![
                Some(1_700_000_000_000_000_000),
                None,
                Some(-1),
            ])),
        ),
        ("value", Arc::new(Float64Array::from(vec![1.5, f64::NAN, -2.0]))),
        (
            "unit",
            Arc::new(LargeStringArray::from(vec![Some("m"), None, Some("mm/h")])),
        ),
        ("ignored", Arc::new(Int32Array::from(vec![1, 2, 3]))),
    ])
    .unwrap();
    assert_eq!(
        rows(&decoded),
        [
            "0 g1 level m 1.5 @1700000000",
            "1 - level - NaN @-",
            "2 g2 rain mm/h -2 @-0.000001"
        ]
    );
    let values: [(ArrayRef, &str); 7] = [
        (
            Arc::new(StringViewArray::from(vec!["a text longer than twelve bytes"])),
            "'a text longer than twelve bytes'",
        ),
        (Arc::new(StringViewArray::from(vec!["short"])), "'short'"),
        (Arc::new(Int64Array::from(vec![7])), "7"),
        (Arc::new(UInt8Array::from(vec![7])), "7"),
        (Arc::new(BooleanArray::from(vec![true])), "true"),
        (Arc::new(StringArray::from(vec!["mở"])), "'mở'"),
        (
            Arc::new(["x"].into_iter().map(Some).collect::<DictionaryArray<Int32Type>>()),
            "'x'",
        ),
    ];
    for (value, expected) in values {
        let time = Arc::new(TimestampMillisecondArray::from(vec![1_500]).with_timezone("UTC"));
        let decoded = arrow(vec![("name", names(&["a"])), ("value", value), ("time", time)]).unwrap();
        assert_eq!(rows(&decoded), [format!("0 - a - {expected} @1.5")]);
    }
}

#[test]
fn every_row_is_checked() {
    let long = "n".repeat(65);
    let decoded = arrow(vec![
        (
            "name",
            Arc::new(StringArray::from(vec![
                Some("a"),
                None,
                Some(""),
                Some(&long),
                Some("a"),
                Some("a"),
            ])),
        ),
        (
            "value",
            Arc::new(Float64Array::from(vec![
                Some(1.0),
                Some(2.0),
                Some(3.0),
                Some(4.0),
                None,
                Some(6.0),
            ])),
        ),
    ])
    .unwrap();
    assert_eq!(rows(&decoded), ["0 - a - 1 @-", "5 - a - 6 @-"]);
    assert_eq!(
        rejected(&decoded),
        ["1 malformed", "2 malformed", "3 too_long", "4 malformed"]
    );
    assert!(decoded.rejected[3].detail.contains("'value' is null"));
    let raw: serde_json::Value = serde_json::from_slice(&decoded.rejected[0].raw).unwrap();
    assert_eq!(raw["value"], 2.0);
}

#[test]
fn wrong_columns_are_named_with_what_is_allowed() {
    let value = || -> ArrayRef { Arc::new(Float64Array::from(vec![1.0])) };
    let list: ArrayRef = Arc::new(ListArray::from_iter_primitive::<Int32Type, _, _>([Some([Some(1)])]));
    for (columns, says) in [
        (vec![("value", value())], "column 'name' is missing; allowed: utf8"),
        (
            vec![("name", names(&["a"]))],
            "column 'value' is missing; allowed: float64",
        ),
        (
            vec![("name", value()), ("value", value())],
            "column 'name' has the type Float64; allowed: utf8",
        ),
        (
            vec![("name", names(&["a"])), ("value", value()), ("time", value())],
            "column 'time' has the type Float64; allowed: timestamp",
        ),
        (
            vec![("name", names(&["a"])), ("value", value()), ("extra", list)],
            "column 'extra' has the type List",
        ),
    ] {
        let error = arrow(columns).unwrap_err();
        assert!(matches!(error, DecodeError::Column { .. }));
        assert!(error.to_string().starts_with(says), "{error}");
    }
}

#[test]
fn several_tables_in_one_stream_count_on() {
    let batch = RecordBatch::try_from_iter([
        ("name", names(&["a"])),
        ("value", Arc::new(Int64Array::from(vec![1])) as ArrayRef),
    ])
    .unwrap();
    let mut bytes = Vec::new();
    let mut writer = StreamWriter::try_new(&mut bytes, &batch.schema()).unwrap();
    for _ in 0..3 {
        writer.write(&batch).unwrap();
    }
    // no end mark: a stream may simply stop
    writer.flush().unwrap();
    drop(writer);
    let decoded = read(Format::Arrow, &bytes).unwrap();
    assert_eq!(rows(&decoded), ["0 - a - 1 @-", "1 - a - 1 @-", "2 - a - 1 @-"]);
    assert_eq!(decoded.readings.keys.len(), 1);
}

#[test]
fn a_stream_cut_anywhere_is_an_error_or_shorter() {
    let whole = stream(vec![
        ("name", names(&["a", "b"])),
        ("value", Arc::new(Int64Array::from(vec![1, 2]))),
    ]);
    for end in 0..whole.len() {
        if let Ok(decoded) = read(Format::Arrow, &whole[..end]) {
            assert_eq!(decoded.readings.len(), 2, "cut at {end}");
        }
    }
}
