//! Rows against their contracts, column by column; what does not fit is described for the sender.

use super::resolve::Resolved;
use crate::decide::{TimeWindow, grade, judge_length, judge_number};
use crate::model::Limits;
use kernel::batch::{Batch, heap_slice};
use kernel::place::Point;
use kernel::quality::Doubt;
use kernel::reject::{MAX_RAW, Reason, Rejected};
use kernel::series::{Range, SeriesInfo};
use kernel::submission::{Readings, Submission};
use kernel::time::Timestamp;
use kernel::unit::Conversion;
use kernel::value::ValueKind;

/// Rejected rows that are described one by one; beyond, they are counted.
const DESCRIBED: usize = 2_000;

/// The rows that may be stored, the others with their reasons, and how many more there are that nobody described. Rows without
/// a time stand at `untimed`.
pub(super) fn check(
    submission: &Submission,
    resolved: &[Resolved],
    limits: Limits,
    untimed: Timestamp,
) -> (Batch, Vec<Rejected>, u32) {
    let readings = &submission.readings;
    let window = TimeWindow::new(submission.received, limits.max_age_s, limits.max_ahead_s).untimed_at(untimed);
    let mut batch = Batch::default();
    batch.reserve(readings.len());
    let (mut rejected, mut unlisted) = (Vec::new(), 0);
    for row in 0..readings.len() {
        let verdict = match resolved.get(readings.key[row] as usize) {
            Some(Resolved::Series(info, conversion)) => store(readings, row, info, *conversion, &window, &mut batch)
                .map_err(|reason| {
                    let detail = if rejected.len() < DESCRIBED {
                        describe(readings, row, info, reason, &window)
                    } else {
                        String::new()
                    };
                    (reason, detail)
                }),
            Some(Resolved::Bad(reason, detail)) => Err((*reason, detail.clone())),
            None => Err((Reason::Malformed, "the row has no name".to_owned())),
        };
        match verdict {
            Ok(()) => {}
            Err(_) if rejected.len() >= DESCRIBED => unlisted += 1,
            Err((reason, detail)) => rejected.push(aside(submission, row, reason, detail)),
        }
    }
    (batch, rejected, unlisted)
}

#[inline]
fn store(
    readings: &Readings,
    row: usize,
    info: &SeriesInfo,
    conversion: Option<Conversion>,
    window: &TimeWindow,
    batch: &mut Batch,
) -> Result<(), Reason> {
    let (time, time_doubt) = window.judge(readings.time[row])?;
    let (kind, bits) = (readings.kind[row], readings.bits[row]);
    match (info.kind, kind) {
        (ValueKind::Number, ValueKind::Number) => {
            let mut value = f64::from_bits(bits);
            if let Some(conversion) = conversion {
                value = conversion.apply(value);
            }
            let doubt = judge_number(value, &info.contract)?;
            // one zero, so that -0 and 0 are the same value
            let bits = if value == 0.0 { 0 } else { value.to_bits() };
            batch.push_bits(info.id, time, kind, bits, grade(doubt, time_doubt));
        }
        (ValueKind::Boolean, ValueKind::Boolean) => {
            batch.push_bits(
                info.id,
                time,
                kind,
                u64::from(bits != 0),
                grade(Doubt::None, time_doubt),
            );
        }
        (ValueKind::Boolean, ValueKind::Number) if bits == 0 || f64::from_bits(bits) == 1.0 => {
            batch.push_bits(
                info.id,
                time,
                ValueKind::Boolean,
                u64::from(bits != 0),
                grade(Doubt::None, time_doubt),
            );
        }
        (ValueKind::Point, ValueKind::Point) => {
            batch.push_bits(info.id, time, kind, bits, grade(Doubt::None, time_doubt))
        }
        (ValueKind::Point, ValueKind::Text) => {
            let point = point(heap_slice(&readings.heap, bits)).ok_or(Reason::WrongType)?;
            batch.push_bits(
                info.id,
                time,
                ValueKind::Point,
                point.to_bits(),
                grade(Doubt::None, time_doubt),
            );
        }
        (ValueKind::Text, ValueKind::Text) | (ValueKind::Json, ValueKind::Json | ValueKind::Text) => {
            let bytes = heap_slice(&readings.heap, bits);
            judge_length(info.kind, bytes.len())?;
            if info.kind == ValueKind::Json && serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_err() {
                return Err(Reason::WrongType);
            }
            batch.push_bytes(info.id, time, info.kind, bytes, grade(Doubt::None, time_doubt));
        }
        _ => return Err(Reason::WrongType),
    }
    Ok(())
}

/// `lon,lat` in degrees.
fn point(bytes: &[u8]) -> Option<Point> {
    let (lon, lat) = std::str::from_utf8(bytes).ok()?.split_once(',')?;
    Point::new(lon.trim().parse().ok()?, lat.trim().parse().ok()?)
}

fn describe(readings: &Readings, row: usize, info: &SeriesInfo, reason: Reason, window: &TimeWindow) -> String {
    let value = f64::from_bits(readings.bits[row]);
    let name = format!("{} of {}", info.name, info.device);
    match reason {
        Reason::TimePast | Reason::TimeFuture => format!("{name}: {}", window.explain(readings.time[row])),
        Reason::NotFinite => format!("{name} is {value}; send a finite number, or nothing"),
        Reason::OutOfRange => {
            let Range { min, max } = info.contract.possible;
            let end = |end: Option<f64>| end.map_or("no limit".to_owned(), |end| end.to_string());
            format!(
                "{name} is {value}; possible are {} to {} {}",
                end(min),
                end(max),
                info.unit
            )
        }
        Reason::TooLong => format!("{name} is too long; a text has at most 1024 bytes, a JSON value 16384"),
        _ => format!(
            "{name} came as {:?}; the series holds {:?}",
            readings.kind[row], info.kind
        )
        .to_lowercase(),
    }
}

fn aside(submission: &Submission, row: usize, reason: Reason, detail: String) -> Rejected {
    let readings = &submission.readings;
    let key = readings
        .keys
        .get(readings.key[row] as usize)
        .copied()
        .unwrap_or_default();
    let device = match readings.text(key.device) {
        "" => submission.sender.device.as_str(),
        device => device,
    };
    Rejected {
        item: readings.item[row],
        reason,
        detail: detail.chars().take(300).collect(),
        raw: raw(readings, row, device, readings.text(key.name), readings.text(key.unit)),
        device: Some(device.chars().take(64).collect()),
    }
}

/// JSON has neither NaN nor infinity: they stand as text, so that they can be seen.
fn number(value: f64) -> serde_json::Value {
    serde_json::Number::from_f64(value).map_or_else(|| value.to_string().into(), serde_json::Value::Number)
}

/// The row as a SenML record, for the one who mends and replays it.
fn raw(readings: &Readings, row: usize, device: &str, name: &str, unit: &str) -> Vec<u8> {
    let bits = readings.bits[row];
    let text = || String::from_utf8_lossy(heap_slice(&readings.heap, bits)).into_owned();
    let mut record = serde_json::Map::new();
    record.insert("n".into(), format!("{device}/{name}").into());
    if !unit.is_empty() {
        record.insert("u".into(), unit.into());
    }
    match readings.kind[row] {
        ValueKind::Number => record.insert("v".into(), number(f64::from_bits(bits))),
        ValueKind::Boolean => record.insert("vb".into(), (bits != 0).into()),
        _ => record.insert("vs".into(), text().into()),
    };
    if readings.time[row] != Timestamp::MIN {
        record.insert("t".into(), (readings.time[row].micros() as f64 / 1e6).into());
    }
    let mut bytes = serde_json::Value::Object(record).to_string().into_bytes();
    bytes.truncate(MAX_RAW);
    bytes
}
