//! SenML in CBOR: a pack after the example of RFC 8428 section 6, payloads of a foreign encoder, and broken ones.

use super::show::{read, rejected, rows};
use ciborium::value::{Integer, Value};
use uplink::{Decoded, Format};

fn cbor(value: &Value) -> Decoded {
    let mut bytes = Vec::new();
    ciborium::into_writer(value, &mut bytes).unwrap();
    read(Format::SenmlCbor, &bytes).unwrap()
}

fn map(fields: &[(i64, Value)]) -> Value {
    Value::Map(
        fields
            .iter()
            .map(|(label, value)| (Value::Integer(Integer::from(*label)), value.clone()))
            .collect(),
    )
}

#[test]
fn a_pack_after_the_example_of_the_specification_is_read() {
    // after the example of RFC 8428 section 6, three records: base name, base time as a double, base unit, base version
    let mut payload = vec![0x83, 0xa7, 0x21, 0x78, 0x1b];
    payload.extend_from_slice(b"urn:dev:ow:10e2073a0108006:");
    payload.extend_from_slice(&[
        0x22, 0xfb, 0x41, 0xd3, 0x03, 0xa1, 0x5b, 0x00, 0x10, 0x62, 0x23, 0x61, 0x41, 0x20, 0x05,
    ]);
    payload.extend_from_slice(&[0x00, 0x67]);
    payload.extend_from_slice(b"voltage");
    payload.extend_from_slice(&[
        0x01, 0x61, 0x56, 0x02, 0xfb, 0x40, 0x5e, 0x06, 0x66, 0x66, 0x66, 0x66, 0x66,
    ]);
    for (before, value) in [(0x24, 0x33), (0x23, 0x34)] {
        payload.extend_from_slice(&[0xa3, 0x00, 0x67]);
        payload.extend_from_slice(b"current");
        payload.extend_from_slice(&[
            0x06, before, 0x02, 0xfb, 0x3f, 0xf3, 0x33, 0x33, 0x33, 0x33, 0x33, value,
        ]);
    }
    let decoded = read(Format::SenmlCbor, &payload).unwrap();
    assert_eq!(
        rows(&decoded),
        [
            "0 10e2073a0108006 voltage V 120.1 @1276020076.001",
            "1 10e2073a0108006 current A 1.2 @1276020071.001",
            "2 10e2073a0108006 current A 1.2000000000000002 @1276020072.001",
        ]
    );
}

#[test]
fn every_kind_of_value_is_read() {
    let fraction = Value::Tag(
        4,
        Box::new(Value::Array(vec![
            Value::Integer((-2).into()),
            Value::Integer(27315.into()),
        ])),
    );
    for (label, value, expected) in [
        (2, Value::Integer(12.into()), "12"),
        (2, Value::Integer((-12).into()), "-12"),
        (2, Value::Float(1.5), "1.5"),
        (2, Value::Float(f64::NAN), "NaN"),
        (2, fraction, "273.15"),
        (3, Value::Text("mở".into()), "'mở'"),
        (4, Value::Bool(true), "true"),
        (8, Value::Bytes(b"hi \n".to_vec()), "'aGkgCg'"),
    ] {
        let decoded = cbor(&Value::Array(vec![map(&[
            (0, Value::Text("g1:a".into())),
            (label, value),
        ])]));
        assert_eq!(rows(&decoded), [format!("0 g1 a - {expected} @-")]);
    }
}

#[test]
fn a_bad_item_is_kept_aside_and_its_neighbours_stay() {
    let name = || (0, Value::Text("a".into()));
    let good = || map(&[name(), (2, Value::Integer(1.into()))]);
    for (bad, reason) in [
        (map(&[name(), (2, Value::Text("1".into()))]), "wrong_type"),
        (map(&[name()]), "malformed"),
        (map(&[name(), (2, Value::Array(vec![]))]), "wrong_type"),
        (map(&[name(), (5, Value::Integer(1.into()))]), "malformed"),
        (map(&[(2, Value::Integer(1.into()))]), "malformed"),
        (Value::Text("x".into()), "malformed"),
        (Value::Map(vec![(Value::Null, Value::Null)]), "malformed"),
    ] {
        let decoded = cbor(&Value::Array(vec![good(), bad, good()]));
        assert_eq!(rejected(&decoded), [format!("1 {reason}")]);
        assert_eq!(rows(&decoded), ["0 - a - 1 @-", "2 - a - 1 @-"]);
    }
    // a text that is not UTF-8, in an array and a map without length
    let decoded = read(
        Format::SenmlCbor,
        b"\x9f\xbf\x00\x61\xff\x02\x01\xff\xa2\x00\x61a\x02\x07\xff",
    )
    .unwrap();
    assert_eq!(rejected(&decoded), ["0 invalid_utf8"]);
    assert_eq!(rows(&decoded), ["1 - a - 7 @-"]);
}

#[test]
fn unknown_labels_are_ignored_unless_they_must_be_understood() {
    let record = |label: &str| {
        let fields = [
            ("n", Value::Text("a".into())),
            ("v", Value::Integer(1.into())),
            (label, Value::Null),
        ];
        Value::Array(vec![Value::Map(
            fields.map(|(label, value)| (Value::Text(label.into()), value)).to_vec(),
        )])
    };
    assert_eq!(rows(&cbor(&record("colour"))), ["0 - a - 1 @-"]);
    let mut bytes = Vec::new();
    ciborium::into_writer(&record("colour_"), &mut bytes).unwrap();
    let error = read(Format::SenmlCbor, &bytes).unwrap_err().to_string();
    assert!(error.contains("'colour_'"), "{error}");
}

#[test]
fn broken_structure_spoils_the_pack_and_says_where() {
    for (payload, says) in [
        (&b"\x81\xa1\x00"[..], "byte 3: the payload ends"),
        (b"\xa0", "byte 0: a pack is a CBOR array"),
        (b"\x81\xa1\x00\x1c", "byte 3: this first byte is reserved"),
        (b"\x9b\xff\xff\xff\xff\xff\xff\xff\xff", "the payload ends"),
        (b"\x81\xa1\x00\x7b\xff\xff\xff\xff\xff\xff\xff\xff", "the payload ends"),
        (b"\x81\xa2\x00\x61a\x02\x01\x00", "something follows"),
    ] {
        let error = read(Format::SenmlCbor, payload).unwrap_err().to_string();
        assert!(error.contains(says), "{payload:x?}: {error}");
    }
}
