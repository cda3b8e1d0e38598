//! Something worth a look. Whatever notices something publishes a signal; `alert` consumes it and knows no publisher.

use crate::area::AreaCode;
use crate::classification::Classification;
use crate::id::{DeviceId, OrgId, SignalId};
use crate::place::Point;
use crate::series::SeriesId;
use crate::severity::Severity;
use crate::text::LangText;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What happened to the condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// It began to hold, or holds with another severity.
    Raised,
    /// It still holds; at least 60 s after the last word.
    Renewed,
    /// It no longer holds.
    Cleared,
}

/// "Something is worth a look", with everything that a person needs to judge it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Signal {
    /// Derived from source, version, cause and time of transition.
    pub id: SignalId,
    /// Who noticed, such as `rule/flood-depth`.
    pub source: String,
    /// Version of what noticed.
    pub version: u32,
    /// What kind of thing, such as `flood_depth`; the key of its text.
    pub code: String,
    /// Signals with the same key belong to one alert.
    pub group: String,
    /// What happened.
    pub change: Change,
    /// How grave.
    pub severity: Severity,
    /// Phenomenon time of the transition.
    pub at: Timestamp,
    /// When it was noticed, by the instance's clock.
    pub noticed: Timestamp,
    /// What it is about, in both languages.
    pub title: LangText,
    /// The entity concerned (NGSI-LD id).
    pub entity: String,
    /// The device concerned.
    pub device: Option<DeviceId>,
    /// The series concerned.
    pub series: Option<SeriesId>,
    /// Owner of the thing concerned.
    pub org: Option<OrgId>,
    /// Areas concerned.
    pub areas: Vec<AreaCode>,
    /// Where.
    pub place: Option<Point>,
    /// How far it may travel.
    pub classification: Classification,
    /// Figures for the text: value, limit, unit, since ...
    pub params: BTreeMap<String, serde_json::Value>,
}
