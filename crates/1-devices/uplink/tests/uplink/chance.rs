//! Chance against the decoders: nothing panics, and what was written is read again.

use super::arrow::stream;
use super::show::{NOW, read, rows};
use arrow_array::{Float64Array, StringArray, TimestampMicrosecondArray};
use ciborium::value::Value;
use kernel::value::ValueKind;
use proptest::collection::vec;
use proptest::prelude::{Strategy, any, prop_assert, prop_assert_eq, proptest};
use std::sync::Arc;
use uplink::{Decoded, Format, Precision, decode};

const FORMATS: [Format; 4] = [
    Format::SenmlJson,
    Format::SenmlCbor,
    Format::Line(Precision::Nanoseconds),
    Format::Arrow,
];

/// Decodes without looking at what comes out, except that the columns fit together.
fn survive(payload: &[u8]) -> bool {
    let mut out = Decoded::default();
    FORMATS.into_iter().all(|format| {
        let _ = decode(format, payload, NOW, &mut out);
        let readings = &out.readings;
        let rows = readings.len();
        let columns = [
            readings.time.len(),
            readings.kind.len(),
            readings.bits.len(),
            readings.item.len(),
        ];
        columns.iter().all(|len| *len == rows)
            && readings.key.iter().all(|key| (*key as usize) < readings.keys.len())
            && (0..rows).all(|row| {
                let text = matches!(readings.kind[row], ValueKind::Text | ValueKind::Json);
                let bits = readings.bits[row];
                !text || ((bits >> 32) + (bits & 0xffff_ffff)) as usize <= readings.heap.len()
            })
    })
}

/// A number, its device, name and time in microseconds.
fn observation() -> impl Strategy<Value = (f64, String, String, i64)> {
    let finite = any::<f64>().prop_filter("finite", |value| value.is_finite());
    (
        finite,
        "[a-z][a-z0-9.-]{0,20}",
        "[a-z][a-z0-9._-]{0,20}",
        300_000_000_000_000_i64..4_000_000_000_000_000,
    )
}

proptest! {
    #[test]
    fn no_bytes_make_a_decoder_panic(payload in vec(any::<u8>(), 0..512)) {
        prop_assert!(survive(&payload));
    }

    #[test]
    fn no_text_of_the_right_letters_makes_a_decoder_panic(payload in "[\\[\\]{}\":,\\\\nvbtu0-9eE.=# \"a_-]{0,200}") {
        prop_assert!(survive(payload.as_bytes()));
    }

    #[test]
    fn no_flipped_byte_makes_a_decoder_panic(at in any::<usize>(), to in any::<u8>(), cut in any::<usize>()) {
        let names = Arc::new(StringArray::from(vec!["a", "b"]));
        let arrow = stream(vec![("name", names), ("value", Arc::new(Float64Array::from(vec![1.0, 2.0])))]);
        let json = br#"[{"bn":"g1/","bt":1700000000,"n":"a","u":"m","v":1.5},{"n":"b","vs":"\u0041x"},{"n":"c","vb":true}]"#.to_vec();
        let cbor = b"\x82\xa4\x21\x63g1/\x00\x61a\x02\xf9\x3e\x00\x22\x1a\x65\x53\xf1\x00\xa2\x00\x61b\x03\x62hi".to_vec();
        let line = b"m,device=g1 a=1,b=\"x\\\"y\",c=t 1700000000000000000\nn value=2i\n".to_vec();
        for mut payload in [arrow, json, cbor, line] {
            let place = at % payload.len();
            payload[place] = to;
            prop_assert!(survive(&payload));
            payload.truncate(cut % payload.len());
            prop_assert!(survive(&payload));
        }
    }

    #[test]
    fn what_is_written_is_read_again_in_every_format(items in vec(observation(), 1..20)) {
        let expected: Vec<String> = items.iter().enumerate().map(|(item, (value, device, name, micros))| {
            format!("{item} {device} {name} - {value} @{}", *micros as f64 / 1e6)
        }).collect();

        let line: String = items.iter().map(|(value, device, name, micros)| format!("{name},device={device} value={value} {micros}\n")).collect();
        let decoded = read(Format::Line(Precision::Microseconds), line.as_bytes()).unwrap();
        prop_assert_eq!(rows(&decoded), expected.clone());

        let json: Vec<_> = items.iter().map(|(value, device, name, micros)| {
            serde_json::json!({"n": format!("{device}/{name}"), "v": value, "t": *micros as f64 / 1e6})
        }).collect();
        let decoded = read(Format::SenmlJson, serde_json::Value::from(json).to_string().as_bytes()).unwrap();
        prop_assert_eq!(rows(&decoded), expected.clone());

        let cbor = Value::Array(items.iter().map(|(value, device, name, micros)| Value::Map(vec![
            (Value::Integer(0.into()), Value::Text(format!("{device}:{name}"))),
            (Value::Integer(2.into()), Value::Float(*value)),
            (Value::Integer(6.into()), Value::Float(*micros as f64 / 1e6)),
        ])).collect());
        let mut bytes = Vec::new();
        ciborium::into_writer(&cbor, &mut bytes).unwrap();
        let decoded = read(Format::SenmlCbor, &bytes).unwrap();
        prop_assert_eq!(rows(&decoded), expected.clone());

        let decoded = read(Format::Arrow, &stream(vec![
            ("device", Arc::new(items.iter().map(|(_, device, ..)| Some(device)).collect::<StringArray>())),
            ("name", Arc::new(items.iter().map(|(_, _, name, _)| Some(name)).collect::<StringArray>())),
            ("value", Arc::new(items.iter().map(|(value, ..)| Some(*value)).collect::<Float64Array>())),
            ("time", Arc::new(items.iter().map(|(.., micros)| Some(*micros)).collect::<TimestampMicrosecondArray>())),
        ])).unwrap();
        prop_assert_eq!(rows(&decoded), expected);
    }
}
