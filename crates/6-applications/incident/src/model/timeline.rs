//! What can happen to an incident, line by line.

use super::Reason;
use kernel::actor::ActorId;
use kernel::id::{AlertId, OrgId, PersonId};
use kernel::severity::Severity;
use kernel::time::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// One line of the timeline: code and parameters; `wire` makes the words (SEMANTICS 6).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The id of the fact that tells the same: UUIDv7 for an act of a person, derived otherwise.
    pub id: Uuid,
    /// When.
    pub at: Timestamp,
    /// Who; an id, never a personal field.
    pub by: ActorId,
    /// What.
    #[serde(flatten)]
    pub act: Act,
}

/// What can happen to an incident.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum Act {
    /// It began.
    Opened {
        /// How grave.
        severity: Severity,
        /// From how many alerts; 0 when by hand alone.
        alerts: u32,
        /// In own words.
        text: Option<String>,
    },
    /// An alert joined it.
    Linked {
        /// Which.
        alert: AlertId,
        /// How grave.
        severity: Severity,
        /// How it came.
        why: Joined,
    },
    /// All its alerts are over; a person decides what that means.
    AlertsOver,
    /// An alert goes on again after all were over.
    AlertBack {
        /// Which.
        alert: AlertId,
        /// How grave.
        severity: Severity,
    },
    /// Its severity was changed.
    SeveritySet {
        /// Before.
        from: Severity,
        /// After.
        to: Severity,
        /// Why, in own words; absent when a graver alert did it.
        text: Option<String>,
    },
    /// Somebody shall work on it.
    Assigned {
        /// Which organisation.
        org: OrgId,
        /// Who there.
        person: Option<PersonId>,
        /// Whether it answers for the incident from now on.
        lead: bool,
        /// In own words.
        text: Option<String>,
    },
    /// Somebody need not work on it any more.
    Withdrawn {
        /// Which organisation.
        org: OrgId,
        /// Who there.
        person: Option<PersonId>,
        /// In own words.
        text: Option<String>,
    },
    /// Somebody wrote something.
    Noted {
        /// In own words.
        text: String,
    },
    /// Work began.
    Started {
        /// In own words.
        text: Option<String>,
    },
    /// It ended.
    Closed {
        /// Why.
        reason: Reason,
        /// In own words.
        text: String,
    },
    /// It was not over after all.
    Reopened {
        /// Why.
        text: String,
    },
}

/// How an alert came to an incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Joined {
    /// It has the group of a linked alert.
    SameGroup,
    /// It is of the same kind in the same commune.
    SameKindNearby,
    /// A person linked it.
    ByHand,
}

impl Act {
    /// A person's own words, if there are any.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Opened { text, .. }
            | Self::SeveritySet { text, .. }
            | Self::Assigned { text, .. }
            | Self::Withdrawn { text, .. }
            | Self::Started { text } => text.as_deref(),
            Self::Noted { text } | Self::Closed { text, .. } | Self::Reopened { text } => Some(text),
            Self::Linked { .. } | Self::AlertsOver | Self::AlertBack { .. } => None,
        }
    }
}
