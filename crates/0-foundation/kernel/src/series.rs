//! What the house knows about a series: one attribute of one entity, in one unit.

use crate::area::AreaCode;
use crate::classification::Classification;
use crate::id::{DeviceId, OrgId, ProfileId};
use crate::place::Point;
use crate::text::LangText;
use crate::unit::Unit;
use crate::value::ValueKind;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The short number of a series inside the log and the tables; durable before its first use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SeriesId(pub u32);

/// A closed range; an absent end is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Range {
    /// Smallest value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    /// Largest value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
}

impl Range {
    /// Whether a value lies inside.
    pub fn holds(&self, value: f64) -> bool {
        self.min.is_none_or(|min| value >= min) && self.max.is_none_or(|max| value <= max)
    }
}

/// What is promised about the values of a series.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contract {
    /// What physics allows, in the series' unit; outside goes to quarantine as `out_of_range`.
    #[serde(default)]
    pub possible: Range,
    /// What is usual, in the series' unit; outside is stored as suspect.
    #[serde(default)]
    pub expected: Range,
    /// Largest change per second, in the series' unit; faster is stored as suspect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_rate: Option<f64>,
    /// Seconds between two observations, as the device promises; silence rules use it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval_s: Option<u32>,
}

/// Everything about a series except its values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SeriesInfo {
    /// Short number.
    pub id: SeriesId,
    /// NGSI-LD id of the thing observed, such as `urn:ngsi-ld:WaterObserved:hanoi:gauge-001`.
    pub entity: Arc<str>,
    /// Attribute of the entity by its Smart Data Models name, such as `waterLevel`.
    pub attribute: Arc<str>,
    /// The device that reports it.
    pub device: DeviceId,
    /// The name under which the device's payload carries it.
    pub name: Arc<str>,
    /// UCUM unit.
    pub unit: Unit,
    /// Type of its values.
    pub kind: ValueKind,
    /// What is promised about its values.
    pub contract: Contract,
    /// Profile that bound it.
    pub profile: ProfileId,
    /// Owner.
    pub org: OrgId,
    /// Most specific areas in which it counts.
    pub areas: Vec<AreaCode>,
    /// Where it is, if it does not move.
    pub place: Option<Point>,
    /// What people call the thing observed.
    pub title: LangText,
    /// How far its values may travel.
    pub classification: Classification,
}
