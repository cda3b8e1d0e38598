//! The nouns of this slice: an alert, what holds it open, and what happened to it. Pure data.

use kernel::actor::ActorId;
use kernel::area::AreaCode;
use kernel::classification::Classification;
use kernel::id::{AlertId, DeviceId, OrgId};
use kernel::place::Point;
use kernel::series::SeriesId;
use kernel::severity::Severity;
use kernel::signal::Signal;
use kernel::text::LangText;
use kernel::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashSet};
use std::time::Duration;
use uuid::Uuid;

/// Signals of one group, gathered into something that one person must look at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Alert {
    /// Derived from the signal that began it (SEMANTICS 9).
    pub id: AlertId,
    /// The key that its signals share.
    pub group: String,
    /// What the screen shows of it.
    pub face: Face,
    /// The gravest of its causes; kept as it was when the alert is cleared.
    pub severity: Severity,
    /// Where it stands, with who brought it there.
    pub phase: Phase,
    /// What holds it open. After a clearing by hand: what still goes on, and was waved off.
    pub causes: Vec<Live>,
    /// Areas of all its signals.
    pub areas: Vec<AreaCode>,
    /// The highest of its signals (SEMANTICS 26).
    pub classification: Classification,
    /// When it was raised for the first time.
    pub raised_at: Timestamp,
    /// When anything changed last.
    pub updated_at: Timestamp,
    /// When a fact last told its figures; renewals keep their distance from it.
    pub told_at: Timestamp,
    /// How many signals it has taken in.
    pub signals: u64,
    /// How often it was raised: 1, and one more for each reopening.
    pub raises: u32,
    /// Journal number of the last signal that it has taken in; older ones are passed over.
    pub heard: u64,
    /// Whether a newer alert of the same group has taken its place.
    pub superseded: bool,
    /// What happened, oldest first; lines are only ever added.
    pub timeline: Vec<Line>,
    /// How many lines about severity were left out because the timeline was long; their facts exist all the same.
    pub unlisted: u32,
}

/// What is shown of an alert. It comes from its gravest cause.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Face {
    /// Which cause it was taken from.
    pub cause: Cause,
    /// What kind of thing, such as `flood_depth`.
    pub code: String,
    /// What it is about.
    pub title: LangText,
    /// The device concerned.
    pub device: Option<DeviceId>,
    /// Owner of the thing concerned.
    pub org: Option<OrgId>,
    /// Where.
    pub place: Option<Point>,
    /// Figures: value, limit, unit ...
    pub params: BTreeMap<String, serde_json::Value>,
}

/// What can begin and end by itself: one thing, watched by one source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    /// Who noticed, such as `rule/flood-depth`.
    pub source: String,
    /// The entity.
    pub entity: String,
    /// The series, if it is about one.
    pub series: Option<SeriesId>,
}

/// A cause that goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Live {
    /// Which.
    pub cause: Cause,
    /// How grave it is now.
    pub severity: Severity,
}

/// Where an alert stands. Each phase carries its own witness, so that none can exist without one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Phase {
    /// Nobody has said anything about it yet.
    Raised,
    /// Somebody looks after it; it stays open.
    Acknowledged(Acknowledgement),
    /// It is open but does not shout.
    Shelved(Shelf),
    /// It is over.
    Cleared(Clearing),
}

/// Somebody has taken note.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledgement {
    /// Who.
    pub by: ActorId,
    /// When.
    pub at: Timestamp,
    /// What was taken note of; something graver shouts again.
    pub severity: Severity,
}

/// Somebody has put it aside for a while.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shelf {
    /// Who.
    pub by: ActorId,
    /// When.
    pub at: Timestamp,
    /// It comes back at this instant.
    pub until: Timestamp,
    /// Why.
    pub reason: String,
    /// What was put aside; something graver comes back at once.
    pub severity: Severity,
}

/// How it ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clearing {
    /// The source of the last cause, or the person.
    pub by: ActorId,
    /// When.
    pub at: Timestamp,
    /// Why, when it was cleared by hand; absent when its causes are over.
    pub reason: Option<String>,
}

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

/// What can happen to an alert.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum Act {
    /// It began.
    Raised {
        /// How grave.
        severity: Severity,
    },
    /// It became graver.
    Escalated {
        /// Before.
        from: Severity,
        /// After.
        to: Severity,
        /// Whether an acknowledgement ended by it.
        unacknowledged: bool,
    },
    /// It became lighter.
    Eased {
        /// Before.
        from: Severity,
        /// After.
        to: Severity,
    },
    /// Somebody took note.
    Acknowledged {
        /// In the person's own words.
        comment: Option<String>,
    },
    /// Somebody wrote something.
    Commented {
        /// In the person's own words.
        comment: String,
    },
    /// Somebody put it aside.
    Shelved {
        /// For how long.
        until: Timestamp,
        /// Why.
        reason: String,
    },
    /// It came back.
    Unshelved {
        /// By what.
        why: Why,
    },
    /// It ended.
    Cleared {
        /// Why, when by hand.
        reason: Option<String>,
    },
    /// It began again shortly after its end.
    Reopened {
        /// How grave.
        severity: Severity,
        /// How often it has been raised now.
        raises: u32,
    },
}

/// What brings an alert back from the shelf.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// Its time was up.
    Due,
    /// A person.
    Asked,
    /// It became graver than what was put aside.
    Graver,
}

impl Alert {
    /// Whether anybody still has to care.
    pub fn is_open(&self) -> bool {
        !matches!(self.phase, Phase::Cleared(_))
    }
    /// The gravest cause, if any goes on.
    pub fn worst(&self) -> Option<Severity> {
        self.causes.iter().map(|live| live.severity).max()
    }
    /// How many entities it goes on at; none once it is cleared.
    pub fn entities(&self) -> usize {
        if !self.is_open() {
            return 0;
        }
        let distinct: HashSet<&str> = self.causes.iter().map(|live| live.cause.entity.as_str()).collect();
        distinct.len()
    }
    /// How grave a cause is, if it goes on.
    pub fn severity_of(&self, cause: &Cause) -> Option<Severity> {
        self.causes
            .iter()
            .find(|live| live.cause == *cause)
            .map(|live| live.severity)
    }
}

impl Cause {
    /// The cause that a signal speaks of.
    pub fn of(signal: &Signal) -> Self {
        Self {
            source: signal.source.clone(),
            entity: signal.entity.clone(),
            series: signal.series,
        }
    }
}

impl Phase {
    /// Its stable code, as in the API: `raised`, `acknowledged`, `shelved` or `cleared`.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Raised => "raised",
            Self::Acknowledged(_) => "acknowledged",
            Self::Shelved(_) => "shelved",
            Self::Cleared(_) => "cleared",
        }
    }
    /// Who brought it here and when; nobody has to answer for a raised one.
    pub const fn witness(&self) -> Option<(&ActorId, Timestamp)> {
        match self {
            Self::Raised => None,
            Self::Acknowledged(acknowledgement) => Some((&acknowledgement.by, acknowledgement.at)),
            Self::Shelved(shelf) => Some((&shelf.by, shelf.at)),
            Self::Cleared(clearing) => Some((&clearing.by, clearing.at)),
        }
    }
}

/// The configurable part of the rules; section `[alert]` of the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// A signal within this many minutes after the clearing reopens the alert; a later one begins a new alert.
    pub reopen_minutes: u32,
    /// Seconds between two facts that only tell new figures; at least 60 (SEMANTICS 19).
    pub renew_seconds: u32,
    /// An alert can be put aside for at most this many hours.
    pub shelve_max_hours: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            reopen_minutes: 10,
            renew_seconds: 60,
            shelve_max_hours: 24,
        }
    }
}

impl Settings {
    /// How long after its clearing an alert can be reopened.
    pub fn reopen_within(&self) -> Duration {
        Duration::from_secs(60 * u64::from(self.reopen_minutes))
    }
    /// The distance between two renewals.
    pub fn renew_after(&self) -> Duration {
        Duration::from_secs(u64::from(self.renew_seconds.max(60)))
    }
    /// The longest time on the shelf.
    pub fn shelve_at_most(&self) -> Duration {
        Duration::from_secs(3_600 * u64::from(self.shelve_max_hours))
    }
}
