//! Tables of contents: what is read as it came, what is refused, and whom mended content is about.

use super::*;
use kernel::batch::value_of;
use kernel::error::Classified;
use kernel::id::QuarantineId;
use kernel::reject::MAX_RAW;
use kernel::value::Value;

fn item(reason: Reason, raw: &str) -> QuarantineRecord {
    QuarantineRecord {
        format: 1,
        id: QuarantineId(uuid::Uuid::nil()),
        at: Timestamp::from_seconds(1_000),
        sender: "gate".into(),
        device: "g1".into(),
        item: 7,
        reason,
        detail: "what was found".into(),
        raw: raw.into(),
        replay_of: None,
        replayed: None,
    }
}

#[test]
fn a_kept_row_is_read_to_the_last_bit() {
    let number = Value::Number;
    for (raw, device, unit, time, value) in [
        (
            r#"{"n":"g1/depth","t":1795224000.123457,"u":"m","v":0.30000000000000004}"#,
            "g1",
            "m",
            Some(1_795_224_000_123_457),
            number(0.300_000_000_000_000_04),
        ),
        // seconds below 2^28 would be relative in SenML; what was kept is not
        (r#"{"n":"g1/depth","t":0.0,"v":1.0}"#, "g1", "", Some(0), number(1.0)),
        (
            r#"{"n":"g1/depth","t":-86400.5,"v":-1.0}"#,
            "g1",
            "",
            Some(-86_400_500_000),
            number(-1.0),
        ),
        (r#"{"n":"g1/depth","v":"inf"}"#, "g1", "", None, number(f64::INFINITY)),
        (r#"{"n":"g2/depth","vb":true}"#, "g2", "", None, Value::Boolean(true)),
        (
            r#"{"n":"g2/depth","vs":"ướt"}"#,
            "g2",
            "",
            None,
            Value::Text("ướt".into()),
        ),
    ] {
        let readings = as_it_came(&item(Reason::UnknownSeries, raw)).unwrap();
        assert_eq!(readings.len(), 1, "{raw}");
        let key = readings.keys[readings.key[0] as usize];
        let names = [key.device, key.name, key.unit].map(|span| readings.text(span));
        assert_eq!(names, [device, "depth", unit], "{raw}");
        let brought = Some(readings.time[0]).filter(|time| *time != Timestamp::MIN);
        assert_eq!(brought.map(Timestamp::micros), time, "{raw}");
        let found = value_of(readings.kind[0], readings.bits[0], &readings.heap);
        assert_eq!(found, value, "{raw}");
    }
}

#[test]
fn what_cannot_be_sent_as_it_came_is_told_so() {
    let row = r#"{"n":"g1/depth","v":1.0}"#;
    let long = format!(r#"{{"n":"g1/note","vs":"{}"}}"#, "x".repeat(MAX_RAW));
    for (reason, raw, code) in [
        // a record that leaned on a base that could not be read would mean something else alone
        (Reason::Malformed, row, "content_unreadable"),
        (Reason::InvalidUtf8, row, "content_unreadable"),
        (Reason::TooLong, &long[..MAX_RAW], "content_not_whole"),
        (
            Reason::WrongType,
            "{\"n\":\"g1/\u{FFFD}\",\"v\":1}",
            "content_not_whole",
        ),
        (Reason::WrongType, r#"{"n":"depth","v":1}"#, "content_unreadable"),
        (Reason::WrongType, r#"{"n":"g1/depth","v":"12"}"#, "content_unreadable"),
        (Reason::WrongType, r#"{"n":"g1/depth","v":true}"#, "content_unreadable"),
        (
            Reason::WrongType,
            r#"{"n":"g1/depth","v":1,"bt":5}"#,
            "content_unreadable",
        ),
        (
            Reason::WrongType,
            r#"{"n":"g1/depth","v":1,"vb":true}"#,
            "content_unreadable",
        ),
        (
            Reason::WrongType,
            r#"{"n":"g1/depth","v":1,"t":"x"}"#,
            "content_unreadable",
        ),
        (
            Reason::WrongType,
            r#"{"device":"g1","name":"depth"}"#,
            "content_unreadable",
        ),
        (Reason::TooLong, "depth value=1", "content_unreadable"),
        (Reason::TooLong, "", "content_unreadable"),
    ] {
        let error = as_it_came(&item(reason, raw)).unwrap_err();
        assert_eq!(error.code(), code, "{raw}");
        assert!(error.to_string().contains("mended"), "{error}");
    }
}

/// As many rows as the payload has bytes; the first has a device of its own, and one more cannot be read.
fn decode(payload: &[u8], at: Timestamp) -> Result<Decoded, String> {
    if payload.is_empty() {
        return Err("nothing in it".into());
    }
    let mut readings = Readings::default();
    for row in 0..payload.len() {
        let key = readings.add_key(if row == 0 { "g2" } else { "" }, "depth", "");
        readings.push(key, Some(at), ValueKind::Number, 0, row as u32);
    }
    let bad = Rejected {
        item: payload.len() as u32,
        reason: Reason::Malformed,
        detail: String::new(),
        raw: Vec::new(),
        device: None,
    };
    Ok((readings, vec![bad]))
}

#[test]
fn mended_content_is_about_the_device_of_the_item_and_bounded() {
    let item = item(Reason::OutOfRange, "");
    let send = |length: usize| {
        let payload = vec![b' '; length];
        mended(
            &item,
            &Mended {
                payload: &payload,
                decode,
            },
        )
    };
    let (readings, rejected) = send(2).unwrap();
    let devices: Vec<&str> = readings.keys.iter().map(|key| readings.text(key.device)).collect();
    assert_eq!(devices, ["g2", "g1"]);
    assert_eq!(readings.time, [item.at; 2], "relative times stand on the arrival");
    assert_eq!(rejected[0].device.as_deref(), Some("g1"));
    assert!(send(MAX_ITEMS - 1).is_ok());
    for (length, code, says) in [
        (0, "malformed", "nothing in it"),
        (MAX_ITEMS, "too_large", "it has 101 rows, at most 100"),
        (MAX_BYTES + 1, "too_large", "it has 65537 bytes, at most 65536"),
    ] {
        let error = send(length).unwrap_err();
        assert_eq!(error.code(), code);
        assert!(error.to_string().contains(says), "{error}");
    }
}
