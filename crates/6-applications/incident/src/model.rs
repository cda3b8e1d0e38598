//! The nouns of this slice: an incident, what is linked to it, and what happened to it. Pure data.

pub mod number;
pub mod timeline;

use kernel::actor::ActorId;
use kernel::area::AreaCode;
use kernel::classification::Classification;
use kernel::id::{AlertId, IncidentId, OrgId, PersonId};
use kernel::place::Point;
use kernel::severity::Severity;
use kernel::text::LangText;
use kernel::time::Timestamp;
use number::Number;
use serde::{Deserialize, Serialize};
use timeline::Line;
use uuid::Uuid;

/// Something that is being dealt with: alerts gathered by rule or by hand, or a call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Incident {
    /// Derived from the alert's fact that opened it; UUIDv7 when a person did.
    pub id: IncidentId,
    /// Its gap-free number in the register of an organisation.
    pub number: Number,
    /// What it is about.
    pub title: LangText,
    /// What kind of thing, such as `flood_depth`; alerts of the same kind in the same commune join it.
    pub kind: String,
    /// How grave it is now: by the gravest alert, or as a person has set it.
    pub severity: Severity,
    /// The gravest alert that it has heard of; only something graver raises the severity by itself.
    pub worst: Severity,
    /// Where it stands, with who brought it there.
    pub phase: Phase,
    /// The entity concerned, if it is about one (NGSI-LD id).
    pub entity: Option<String>,
    /// Areas of its opening and of all linked alerts; empty means the whole city.
    pub areas: Vec<AreaCode>,
    /// Where.
    pub place: Option<Point>,
    /// The highest of its inputs (SEMANTICS 26).
    pub classification: Classification,
    /// The alerts that belong to it, in the order in which they came.
    pub linked: Vec<Linked>,
    /// Alerts that would have joined when it was full; they are only counted.
    pub unlinked: u32,
    /// Who answers for it.
    pub lead: Option<OrgId>,
    /// Who works on it.
    pub assigned: Vec<Assigned>,
    /// When it was opened for the first time.
    pub opened_at: Timestamp,
    /// By whom.
    pub opened_by: ActorId,
    /// When anything changed last.
    pub updated_at: Timestamp,
    /// How often it was reopened.
    pub reopens: u32,
    /// Journal number of the last fact of any alert that it has taken in; older ones do not join it any more.
    pub heard: u64,
    /// What was asked by the one who opened it with an Idempotency-Key, as a digest.
    pub asked: Option<Uuid>,
    /// What happened, oldest first; lines are only ever added.
    pub timeline: Vec<Line>,
    /// Lines of this program that were left out because the timeline was long; their facts exist all the same.
    pub unlisted: u32,
}

/// An alert that belongs to an incident.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Linked {
    /// Which.
    pub alert: AlertId,
    /// What kind of thing.
    pub code: String,
    /// What it is about.
    pub title: LangText,
    /// The key that its signals share.
    pub group: String,
    /// The gravest that it has been.
    pub severity: Severity,
    /// Whether it is over for now.
    pub over: bool,
    /// The version of the alert when it was linked; facts up to it tell nothing new to a link made by hand.
    pub version: u64,
    /// Journal number of the last fact of the alert that was taken in here; 0 as long as there was none.
    pub heard: u64,
    /// When it was linked.
    pub at: Timestamp,
}

/// Somebody who works on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assigned {
    /// The organisation.
    pub org: OrgId,
    /// A person of it; an id, never a personal field.
    pub person: Option<PersonId>,
    /// Since when.
    pub at: Timestamp,
}

/// Where an incident stands. Each phase carries its own witness, so that none can exist without one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Phase {
    /// Nobody works on it yet.
    Open(Witness),
    /// Somebody does.
    InProgress(Witness),
    /// It is over.
    Closed(Closing),
}

/// Who brought it there, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Witness {
    /// Who.
    pub by: ActorId,
    /// When.
    pub at: Timestamp,
}

/// How it ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closing {
    /// Who; always a person or a foreign service, never this slice.
    pub by: ActorId,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: Reason,
    /// The same in own words.
    pub text: String,
}

/// Why an incident ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// It was dealt with.
    Resolved,
    /// There was nothing.
    FalseAlarm,
    /// Another incident tells the same.
    Duplicate,
    /// It goes on as a part of another incident.
    Merged,
    /// Another centre has taken it over.
    HandedOver,
}

/// An alert as this slice sees it, from a fact or from the alert itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    /// Which.
    pub alert: AlertId,
    /// What kind of thing.
    pub code: String,
    /// What it is about.
    pub title: LangText,
    /// How grave it is.
    pub severity: Severity,
    /// Whether it is over.
    pub over: bool,
    /// The key that its signals share.
    pub group: String,
    /// The entity concerned.
    pub entity: String,
    /// Areas concerned.
    pub areas: Vec<AreaCode>,
    /// Where.
    pub place: Option<Point>,
    /// How far it may travel.
    pub classification: Classification,
    /// The alert's version.
    pub version: u64,
}

impl Incident {
    /// Whether anybody still has to care.
    pub fn is_active(&self) -> bool {
        !matches!(self.phase, Phase::Closed(_))
    }
    /// The link to an alert, if there is one.
    pub fn link_to(&self, alert: AlertId) -> Option<&Linked> {
        self.linked.iter().find(|linked| linked.alert == alert)
    }
    /// Linked alerts that go on.
    pub fn going_on(&self) -> usize {
        self.linked.iter().filter(|linked| !linked.over).count()
    }
}

impl Phase {
    /// Its stable code, as in the API: `open`, `in_progress` or `closed`.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Open(_) => "open",
            Self::InProgress(_) => "in_progress",
            Self::Closed(_) => "closed",
        }
    }
    /// Who brought it here and when.
    pub const fn witness(&self) -> (&ActorId, Timestamp) {
        match self {
            Self::Open(witness) | Self::InProgress(witness) => (&witness.by, witness.at),
            Self::Closed(closing) => (&closing.by, closing.at),
        }
    }
}

impl Reason {
    /// All, in the order in which a screen offers them.
    pub const ALL: [Self; 5] = [
        Self::Resolved,
        Self::FalseAlarm,
        Self::Duplicate,
        Self::Merged,
        Self::HandedOver,
    ];
    /// Its stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Resolved => "resolved",
            Self::FalseAlarm => "false_alarm",
            Self::Duplicate => "duplicate",
            Self::Merged => "merged",
            Self::HandedOver => "handed_over",
        }
    }
}

/// The configurable part of the rules; section `[incident]` of the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// An alert of at least this severity opens an incident by itself; absent: none does.
    pub opens_at: Option<Severity>,
    /// The organisation in whose register incidents of this program and of people without another wish are numbered.
    pub register: OrgId,
}
