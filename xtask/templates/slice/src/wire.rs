//! What the API takes and gives. The same form is the body of every fact.

use crate::model;
use kernel::time::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One __name__.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct __Name__ {
    /// Identifier.
    #[schema(format = "uuid")]
    pub id: String,
    /// What it is about.
    pub title: String,
    /// Codes of the areas concerned; empty means the whole city.
    pub areas: Vec<String>,
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    pub opened_at: Timestamp,
    /// When it ended, if it has.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub closed_at: Option<Timestamp>,
    /// Grows by one at each change.
    pub version: u64,
}

/// To begin one.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct New__Name__ {
    /// What it is about: 1 to 500 bytes.
    pub title: String,
    /// Codes of the areas concerned; empty means the whole city.
    #[serde(default)]
    pub areas: Vec<String>,
}

/// A page, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct __Name__Page {
    /// What was found.
    pub items: Vec<__Name__>,
    /// The cursor of the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

impl __Name__ {
    /// What others see of it.
    pub fn of(it: &model::__Name__, version: u64) -> Self {
        Self {
            id: it.id.to_string(),
            title: it.title.clone(),
            areas: it.areas.iter().map(ToString::to_string).collect(),
            opened_at: it.opened.at,
            closed_at: it.closed.as_ref().map(|closed| closed.at),
            version,
        }
    }
}
