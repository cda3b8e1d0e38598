//! How incidents of the SOC are kept.

use crate::error::SecurityError;
use crate::model::report::Report;
use crate::record::{Stored, equal, index, scoped};
use kernel::id::AlertId;
use ports::query::{IndexKind, IndexValue};
use ports::records::{Collection, Document};
use serde::{Deserialize, Serialize};

/// Incidents of the SOC by its own id.
pub const REPORTS: Collection = Collection {
    name: "security_incident",
    indexes: &[
        index("state", IndexKind::Equal),
        index("severity", IndexKind::Equal),
        // id, title and objects, as people search
        index("words", IndexKind::Text),
        // the order of every list, newest word first
        index("last", IndexKind::Range),
        index("area", IndexKind::Equal),
        index("classification", IndexKind::Range),
    ],
};

/// The newest alert of each incident, by the group of its signals.
pub const ALERTS: Collection = Collection {
    name: "security_incident_alert",
    // the key once more, so that a page of incidents asks once
    indexes: &[index("group", IndexKind::Equal)],
};

/// The alert of a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Raised {
    /// The group.
    pub group: String,
    /// Its newest alert.
    pub alert: AlertId,
}

/// The stored form.
pub fn write(report: &Report) -> Result<Vec<u8>, SecurityError> {
    super::write("incident", &report.told.id, report)
}

/// Reads every format.
pub fn read(document: &Document) -> Result<Stored<Report>, SecurityError> {
    super::read("incident", document)
}

/// What an incident says to each index.
pub fn indexes(report: &Report) -> Vec<(&'static str, IndexValue)> {
    let told = &report.told;
    let objects: Vec<&str> = told.objects.iter().map(|object| object.id.as_str()).collect();
    let objects = objects.join(" ");
    let words = [&told.id, &told.title.vi, &told.title.en, &objects].map(String::as_str);
    let mut values = scoped(&[]);
    values.extend([
        equal("state", told.standing.code()),
        equal("severity", told.severity.level()),
        ("words", IndexValue::Text(words.join(" "))),
        ("last", IndexValue::Range(report.last.micros())),
    ]);
    values
}
