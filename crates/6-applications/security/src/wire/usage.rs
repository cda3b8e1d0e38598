//! The use of the interfaces.

use crate::model::usage::{self as model, Limits, Settings, date};
use kernel::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// What one client asked on one day.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ClientUsage)]
pub struct Usage {
    /// `account`, `token`, `device`, `anonymous` (all who showed nothing that is known, together) or `other` (all for whom
    /// memory had no room, together).
    pub kind: &'static str,
    /// Account name, id of an API token, id of a device.
    pub id: String,
    /// The account behind a token.
    #[schema(required)]
    pub account: Option<String>,
    /// The local day, such as `2026-11-22`.
    pub day: String,
    /// Requests that were let in.
    pub requests: u64,
    /// Requests that were refused because a limit was reached.
    pub refused: u64,
    /// Bytes of bodies that came.
    pub bytes_in: u64,
    /// Bytes of bodies that went, before compression.
    pub bytes_out: u64,
    /// How many requests its minute takes; absent: any number.
    #[schema(required)]
    pub per_minute: Option<u64>,
    /// How many requests its day takes; absent: any number.
    #[schema(required)]
    pub per_day: Option<u64>,
    /// When it was counted last, to the minute.
    #[schema(value_type = String, format = DateTime)]
    pub seen: Timestamp,
}

/// A page of the use on one day, those that ask most first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ClientUsagePage)]
pub struct Page {
    /// The local day.
    pub day: String,
    /// The clients.
    pub items: Vec<Usage>,
    /// The cursor of the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

impl Usage {
    /// As the API shows it.
    pub fn new(day: &model::Day, settings: &Settings) -> Self {
        let Limits { per_minute, per_day } = settings.of(day.client.kind);
        let some = |limit: u64| (limit > 0).then_some(limit);
        Self {
            kind: day.client.kind.code(),
            id: day.client.id.clone(),
            account: day.client.account.clone(),
            day: date(day.day),
            requests: day.figures.requests,
            refused: day.figures.refused,
            bytes_in: day.figures.bytes_in,
            bytes_out: day.figures.bytes_out,
            per_minute: some(per_minute),
            per_day: some(per_day),
            seen: day.seen,
        }
    }
}
