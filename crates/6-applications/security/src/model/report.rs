//! A report: an incident of the SOC, as it told of it last.

use kernel::id::AlertId;
use kernel::severity::Severity;
use kernel::text::LangText;
use kernel::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Something that an incident concerns.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Object {
    /// `device`, `account`, `link`, `api`, `store`, `dashboard` or `other`.
    pub kind: String,
    /// Its id there.
    pub id: String,
}

/// What an incident of the SOC can concern.
pub const OBJECTS: [&str; 7] = ["device", "account", "link", "api", "store", "dashboard", "other"];

/// Whether the SOC still works on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It does.
    Open,
    /// It is over.
    Closed,
}

impl Standing {
    /// Its code, as the API writes it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
        }
    }
}

/// What the SOC says of an incident.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// The SOC's own id: by it repeats are recognised.
    pub id: String,
    /// How grave, 1 to 5.
    pub severity: Severity,
    /// What it is about.
    pub title: LangText,
    /// What it concerns, in their order.
    pub objects: Vec<Object>,
    /// When the SOC saw it so; a later one is newer.
    pub at: Timestamp,
    /// Whether it is over.
    pub standing: Standing,
    /// Further words.
    pub note: String,
}

/// An incident of the SOC.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// As it was told last.
    pub told: Told,
    /// When it was told first.
    pub first: Timestamp,
    /// When it was told last.
    pub last: Timestamp,
    /// How many different states were told; a part of the ids of its signals.
    pub revision: u32,
    /// As of when the signal that was given last says that it goes on.
    pub signalled: Option<Severity>,
    /// The newest alert that its signals became, as far as it is known; kept beside it.
    #[serde(skip)]
    pub alert: Option<AlertId>,
}
