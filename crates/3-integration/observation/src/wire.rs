//! What the observation API gives.

pub mod replay;

use crate::latest::LatestRow;
use crate::record::QuarantineRecord;
use chassis::wire::Text;
use kernel::series::SeriesInfo;
use replay::ReplayedView;
use serde::Serialize;
use utoipa::ToSchema;

/// The newest value of a series.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = Observation)]
pub struct ObservationView {
    /// Series number.
    pub series: u32,
    /// Device.
    pub device: String,
    /// NGSI-LD id of the thing observed.
    pub entity: String,
    /// Its attribute.
    pub attribute: String,
    /// Name in the payload.
    pub name: String,
    /// UCUM unit.
    pub unit: String,
    /// What people call the thing observed.
    pub title: Text,
    /// Phenomenon time (RFC 3339).
    pub time: String,
    /// Number, boolean, text, `{lon, lat}` or JSON.
    #[schema(value_type = Object)]
    pub value: serde_json::Value,
    /// `good`, `suspect` or `bad`.
    pub quality: String,
    /// Why it is less than good: `none`, `range`, `rate`, `skew`, `untimed`, `sender`.
    pub doubt: String,
    /// Arrival (RFC 3339).
    pub received: String,
    /// `device` when a device reports it, `derived` when the house computes it.
    pub source: String,
}

impl ObservationView {
    /// The public form.
    pub fn new(info: &SeriesInfo, row: &LatestRow, derived: bool) -> Self {
        let code = |value: serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        Self {
            series: info.id.0,
            device: info.device.to_string(),
            entity: info.entity.to_string(),
            attribute: info.attribute.to_string(),
            name: info.name.to_string(),
            unit: info.unit.to_string(),
            title: Text::from(&info.title),
            time: row.time.to_string(),
            value: serde_json::to_value(row.value()).unwrap_or_default(),
            quality: code(serde_json::to_value(row.quality.grade()).unwrap_or_default()),
            doubt: code(serde_json::to_value(row.quality.doubt()).unwrap_or_default()),
            received: row.received.to_string(),
            source: if derived { "derived" } else { "device" }.to_owned(),
        }
    }
}

/// One page of newest values.
#[derive(Serialize, ToSchema)]
pub struct LatestList {
    /// The values, by series number.
    pub items: Vec<ObservationView>,
    /// When this was true (RFC 3339).
    pub at: String,
    /// Cursor of the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// An item in quarantine.
#[derive(Serialize, ToSchema)]
#[schema(as = QuarantineItem)]
pub struct QuarantineView {
    /// Its id.
    pub id: String,
    /// Arrival (RFC 3339).
    pub at: String,
    /// Device that it speaks of.
    pub device: String,
    /// Who sent it.
    pub sender: String,
    /// Number of the item in its payload.
    pub item: u32,
    /// Reason code.
    pub reason: String,
    /// What was found, what is allowed.
    pub detail: String,
    /// The item as it came, cut.
    pub raw: String,
    /// Whether `raw` is all of it; what is not can be sent again only mended.
    pub whole: bool,
    /// The item that somebody sent again when this was found wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replay_of: Option<String>,
    /// Who sent it again, and what came of it; absent while nothing of it was taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replayed: Option<ReplayedView>,
}

impl From<QuarantineRecord> for QuarantineView {
    fn from(record: QuarantineRecord) -> Self {
        Self {
            whole: record.is_whole(),
            replay_of: record.replay_of.map(|id| id.to_string()),
            replayed: record.replayed.map(ReplayedView::from),
            id: record.id.to_string(),
            at: record.at.to_string(),
            device: record.device,
            sender: record.sender,
            item: record.item,
            reason: record.reason.code().to_owned(),
            detail: record.detail,
            raw: record.raw,
        }
    }
}

/// One page of quarantine.
#[derive(Serialize, ToSchema)]
pub struct QuarantineList {
    /// The items, newest first.
    pub items: Vec<QuarantineView>,
    /// Cursor of the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}
