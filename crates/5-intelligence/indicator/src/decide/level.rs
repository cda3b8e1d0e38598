//! Whether the band of a station has changed, and whether that is worth a signal.

use kernel::severity::Severity;
use kernel::signal::Change;
use kernel::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Where a station stands: the newest hour that was judged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Standing {
    /// Which indicator.
    pub indicator: String,
    /// NGSI-LD id of the station.
    pub entity: String,
    /// Start of the hour.
    pub hour: Timestamp,
    /// The index of that hour.
    pub index: u16,
    /// Code of its band.
    pub band: String,
    /// The severity of the signal that stands raised.
    pub raised: Option<Severity>,
    /// How many signals and facts were told so far; part of their ids.
    pub told: u64,
}

/// An hour that is to be judged.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Seen<'a> {
    /// Which indicator.
    pub indicator: &'a str,
    /// NGSI-LD id of the station.
    pub entity: &'a str,
    /// Start of the hour.
    pub hour: Timestamp,
    /// The index of that hour.
    pub index: u16,
    /// Code of its band.
    pub band: &'a str,
    /// How grave the band is; absent below the band that is worth a signal.
    pub severity: Option<Severity>,
}

/// What follows from an hour.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// What is remembered from now on.
    pub standing: Standing,
    /// The band before, if this is another one or the first.
    pub moved: Option<Option<String>>,
    /// The signal that is due.
    pub signal: Option<(Change, Severity)>,
}

/// Judges an hour against the newest one before. An older hour, or one that says nothing new, gives nothing.
pub fn judge(before: Option<&Standing>, seen: Seen<'_>) -> Option<Verdict> {
    let newer = before.is_none_or(|before| seen.hour > before.hour);
    let corrected = before.is_some_and(|before| seen.hour == before.hour && seen.index != before.index);
    if !newer && !corrected {
        return None;
    }
    let raised = before.and_then(|before| before.raised);
    let signal = match (raised, seen.severity) {
        (None, None) => None,
        (Some(was), Some(is)) if was == is => newer.then_some((Change::Renewed, is)),
        (_, Some(is)) => Some((Change::Raised, is)),
        (Some(was), None) => Some((Change::Cleared, was)),
    };
    let moved = match before {
        None => Some(None),
        Some(before) => (before.band != seen.band).then(|| Some(before.band.clone())),
    };
    let told = before.map_or(0, |before| before.told) + u64::from(signal.is_some() || moved.is_some());
    Some(Verdict {
        standing: Standing {
            indicator: seen.indicator.to_owned(),
            entity: seen.entity.to_owned(),
            hour: seen.hour,
            index: seen.index,
            band: seen.band.to_owned(),
            raised: seen.severity,
            told,
        },
        moved,
        signal,
    })
}
