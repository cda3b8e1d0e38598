//! SenML in CBOR: payloads of a foreign encoder and broken ones; the example of the RFC stands in `rfc8428`.

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
        (map(&[name(), (5, Value::Text("1".into()))]), "malformed"),
        (map(&[name(), (8, Value::Text("aGkgCg".into()))]), "wrong_type"),
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

/// RFC 8428 section 6: for the version, only an unsigned integer is allowed.
#[test]
fn the_version_is_an_unsigned_integer() {
    for (version, is_taken) in [
        (Value::Integer(10.into()), true),
        (Value::Float(10.0), false),
        (Value::Integer((-1).into()), false),
        (Value::Text("10".into()), false),
    ] {
        let record = map(&[
            (-1, version.clone()),
            (0, Value::Text("a".into())),
            (2, Value::Integer(1.into())),
        ]);
        let mut bytes = Vec::new();
        ciborium::into_writer(&Value::Array(vec![record]), &mut bytes).unwrap();
        assert_eq!(read(Format::SenmlCbor, &bytes).is_ok(), is_taken, "{version:?}");
    }
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
