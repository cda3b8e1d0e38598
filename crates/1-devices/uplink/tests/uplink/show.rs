//! Decoded payloads as short lines, so that a table of expectations can be read.

use kernel::batch::value_of;
use kernel::time::Timestamp;
use kernel::value::Value;
use uplink::{DecodeError, Decoded, Format, decode};

/// What relative times stand on: 2026-11-21T01:00:00Z.
pub(crate) const NOW: Timestamp = Timestamp::from_seconds(1_795_222_800);

/// Decodes, or says why not.
pub(crate) fn read(format: Format, payload: &[u8]) -> Result<Decoded, DecodeError> {
    let mut out = Decoded::default();
    decode(format, payload, NOW, &mut out).map(|()| out)
}

/// The rows as `item device name unit value @seconds`; a dash stands for what is absent.
pub(crate) fn rows(decoded: &Decoded) -> Vec<String> {
    let readings = &decoded.readings;
    let dash = |text: &str| {
        if text.is_empty() {
            "-".to_owned()
        } else {
            text.to_owned()
        }
    };
    (0..readings.len())
        .map(|row| {
            let key = readings.keys[readings.key[row] as usize];
            let value = match value_of(readings.kind[row], readings.bits[row], &readings.heap) {
                Value::Number(number) => number.to_string(),
                Value::Boolean(truth) => truth.to_string(),
                Value::Text(text) => format!("'{text}'"),
                other => format!("{other:?}"),
            };
            let time = match readings.time[row] {
                Timestamp::MIN => "-".to_owned(),
                at => format!("{}", at.micros() as f64 / 1e6),
            };
            format!(
                "{} {} {} {} {} @{}",
                readings.item[row],
                dash(readings.text(key.device)),
                dash(readings.text(key.name)),
                dash(readings.text(key.unit)),
                value,
                time
            )
        })
        .collect()
}

/// The rejected items as `item reason`.
pub(crate) fn rejected(decoded: &Decoded) -> Vec<String> {
    decoded
        .rejected
        .iter()
        .map(|item| format!("{} {}", item.item, item.reason.code()))
        .collect()
}
