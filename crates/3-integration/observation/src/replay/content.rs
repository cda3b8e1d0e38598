//! The content that is sent again: the row that was kept, or what somebody wrote in its place. Pure.

use super::ReplayError;
use crate::record::QuarantineRecord;
use kernel::reject::{Reason, Rejected};
use kernel::submission::Readings;
use kernel::time::Timestamp;
use kernel::value::ValueKind;
use serde::Deserialize;
use serde_json::value::RawValue;

/// Most bytes of mended content.
pub const MAX_BYTES: usize = 64 << 10;
/// Most rows of mended content; so the receipt lists all that are wrong again.
pub const MAX_ITEMS: usize = kernel::submission::MAX_LISTED;

/// What a decoder finds in a payload: what can be read, and what cannot.
pub type Decoded = (Readings, Vec<Rejected>);
/// Reads SenML in JSON; the server joins it with the decoder of the doors. Relative times stand on the given instant. The
/// error says why nothing of it can be read.
pub type Decode = fn(&[u8], Timestamp) -> Result<Decoded, String>;

/// What somebody wrote in place of what came.
#[derive(Clone, Copy, Debug)]
pub struct Mended<'a> {
    /// SenML in JSON.
    pub payload: &'a [u8],
    /// Reads it.
    pub decode: Decode,
}

/// A row as [`crate::service`] keeps it: one SenML record that stands for itself, with device and absolute time.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    n: String,
    u: Option<String>,
    // numbers as they are written, so that they are read to the last bit
    v: Option<Box<RawValue>>,
    vs: Option<String>,
    vb: Option<bool>,
    t: Option<Box<RawValue>>,
}

/// The row of an item as it came. What a decoder has refused is refused again without another try: alone, without the rest of
/// its payload, it could mean something else.
pub(super) fn as_it_came(item: &QuarantineRecord) -> Result<Readings, ReplayError> {
    if !item.is_whole() {
        return Err(ReplayError::NotWhole);
    }
    let row = match item.reason {
        Reason::Malformed | Reason::InvalidUtf8 => None,
        _ => serde_json::from_str::<Row>(&item.raw).ok(),
    };
    row.as_ref()
        .and_then(readings)
        .ok_or_else(|| ReplayError::Unreadable(item.detail.clone()))
}

fn readings(row: &Row) -> Option<Readings> {
    let (device, name) = row.n.rsplit_once('/')?;
    let seconds = match &row.t {
        None => None,
        Some(t) => Some(t.get().parse::<f64>().ok()?),
    };
    let time = seconds.map(|seconds| Timestamp::from_micros((seconds * 1e6).round() as i64));
    let mut readings = Readings::default();
    let key = readings.add_key(device, name, row.u.as_deref().unwrap_or_default());
    match (&row.v, &row.vs, row.vb) {
        (Some(v), None, None) => readings.push(key, time, ValueKind::Number, number(v.get())?.to_bits(), 0),
        (None, Some(text), None) => readings.push_bytes(key, time, ValueKind::Text, text.as_bytes(), 0),
        (None, None, Some(flag)) => readings.push(key, time, ValueKind::Boolean, u64::from(flag), 0),
        _ => return None,
    }
    Some(readings)
}

/// A number; what JSON cannot write stands as text, and nothing else does.
fn number(written: &str) -> Option<f64> {
    match written.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(word) => word.parse().ok().filter(|value: &f64| !value.is_finite()),
        None => written.parse().ok(),
    }
}

/// Mended content. What names no device is about the device of the item; relative times stand on its arrival.
pub(super) fn mended(item: &QuarantineRecord, mended: &Mended<'_>) -> Result<Decoded, ReplayError> {
    let fits = |what, found, most| match found > most {
        true => Err(ReplayError::TooLarge { what, found, most }),
        false => Ok(()),
    };
    fits("bytes", mended.payload.len(), MAX_BYTES)?;
    let (mut readings, mut rejected) = (mended.decode)(mended.payload, item.at).map_err(ReplayError::Malformed)?;
    fits("rows", readings.len() + rejected.len(), MAX_ITEMS)?;
    let device = readings.keep(item.device.as_bytes());
    for key in readings.keys.iter_mut().filter(|key| key.device.len == 0) {
        key.device = device;
    }
    for bad in rejected.iter_mut().filter(|bad| bad.device.is_none()) {
        bad.device = Some(item.device.clone());
    }
    Ok((readings, rejected))
}

#[cfg(test)]
#[path = "content_tests.rs"]
mod tests;
