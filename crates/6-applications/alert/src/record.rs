//! The stored form of an alert: JSON with a format version. Every older format stays readable for ever (SEMANTICS 16).

use crate::error::AlertError;
use crate::model::{Alert, Phase};
use kernel::place::Bounds;
use ports::document;
use ports::query::{Index, IndexKind, IndexValue};
use ports::records::{Collection, Document};

/// Alerts by id.
pub const ALERTS: Collection = Collection {
    name: "alert",
    indexes: &[
        // the code of the phase, and `open` beside it while the alert is not cleared
        Index {
            name: "state",
            kind: IndexKind::Equal,
        },
        Index {
            name: "severity",
            kind: IndexKind::Equal,
        },
        Index {
            name: "area",
            kind: IndexKind::Equal,
        },
        // only on the newest alert of each group: one look-up finds them all
        Index {
            name: "group",
            kind: IndexKind::Equal,
        },
        Index {
            name: "device",
            kind: IndexKind::Equal,
        },
        // title, code, entity and device, as people search
        Index {
            name: "words",
            kind: IndexKind::Text,
        },
        Index {
            name: "place",
            kind: IndexKind::Place,
        },
        Index {
            name: "raised_at",
            kind: IndexKind::Range,
        },
        Index {
            name: "updated_at",
            kind: IndexKind::Range,
        },
        // open before cleared, then by severity, then newest: the order of every list, largest first
        Index {
            name: "rank",
            kind: IndexKind::Range,
        },
        Index {
            name: "classification",
            kind: IndexKind::Range,
        },
        // when a shelved alert comes back
        Index {
            name: "due",
            kind: IndexKind::Range,
        },
    ],
};

/// The format that this build writes.
pub const FORMAT: u32 = 1;

/// An alert and the version under which it is stored; 0 while it is not.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    /// The alert.
    pub alert: Alert,
    /// Grows by one at each change; the ETag of the API.
    pub version: u64,
}

/// The stored form.
pub fn write(alert: &Alert) -> Result<Vec<u8>, AlertError> {
    document::write(FORMAT, alert).map_err(|error| unreadable(&alert.id.to_string(), error))
}

/// Reads every format up to [`FORMAT`].
pub fn read(document: &Document) -> Result<Stored, AlertError> {
    let alert = document::read(document, FORMAT).map_err(|why| unreadable(&document.key, why))?;
    Ok(Stored {
        alert,
        version: document.version,
    })
}

fn unreadable(key: &str, why: impl std::fmt::Display) -> AlertError {
    AlertError::Unreadable {
        key: key.to_owned(),
        why: why.to_string(),
    }
}

/// What an alert says to each index.
pub fn indexes(alert: &Alert) -> Vec<(&'static str, IndexValue)> {
    let equal = |name, value: &str| (name, IndexValue::Equal(value.to_owned()));
    let face = &alert.face;
    let device = face.device.as_ref().map_or("", |device| device.as_str());
    let words = [&face.title.vi, &face.title.en, &face.code, &face.cause.entity, device].join(" ");
    let mut values = vec![
        equal("state", alert.phase.code()),
        equal("severity", &alert.severity.level().to_string()),
        ("words", IndexValue::Text(words)),
        ("raised_at", IndexValue::Range(alert.raised_at.micros())),
        ("updated_at", IndexValue::Range(alert.updated_at.micros())),
        ("rank", IndexValue::Range(rank(alert))),
        ("classification", IndexValue::Range(alert.classification as i64)),
    ];
    values.extend(alert.areas.iter().map(|area| equal("area", area.as_str())));
    values.extend(alert.is_open().then(|| equal("state", "open")));
    values.extend((!alert.superseded).then(|| equal("group", &alert.group)));
    values.extend(face.device.as_ref().map(|device| equal("device", device.as_str())));
    values.extend(face.place.map(|point| ("place", IndexValue::Place(Bounds::of(point)))));
    if let Phase::Shelved(shelf) = &alert.phase {
        values.push(("due", IndexValue::Range(shelf.until.micros())));
    }
    values
}

/// Open before cleared, then the gravest, then the newest: one number, so that one index orders every list.
pub fn rank(alert: &Alert) -> i64 {
    const MICROS: u32 = 53; // enough until the year 2255
    let raised = alert.raised_at.micros().clamp(0, (1 << MICROS) - 1);
    i64::from(alert.is_open()) << (MICROS + 3) | i64::from(alert.severity.level()) << MICROS | raised
}
