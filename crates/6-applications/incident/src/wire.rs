//! What the API takes and gives. The same form of an incident is the body of every fact.

pub mod ask;
pub mod line;

use crate::model;
use crate::model::{Linked, Phase};
use chassis::wire::{Place, Text};
use kernel::actor::ActorId;
use kernel::time::Timestamp;
use line::Line;
use serde::Serialize;
use utoipa::ToSchema;

/// Linked alerts that lists and facts carry; all of them stand in the answer about a single incident.
pub const BRIEF_ALERTS: usize = 20;

/// Something that is being dealt with.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Incident {
    /// Identifier.
    #[schema(format = "uuid")]
    pub id: String,
    /// Its gap-free number in the register of `org`, such as `SC-2026-00001`.
    pub number: String,
    /// The organisation in whose register it is numbered.
    pub org: String,
    /// What it is about.
    pub title: Text,
    /// What kind of thing, such as `flood_depth`.
    pub kind: String,
    /// 1 (lightest) to 5 (gravest), as in Quyết định 18/2021/QĐ-TTg.
    #[schema(minimum = 1, maximum = 5)]
    pub severity: u8,
    /// `open`, `in_progress` or `closed`.
    #[schema(value_type = State)]
    pub state: &'static str,
    /// The entity concerned (NGSI-LD id), if it is about one.
    #[schema(required)]
    pub entity: Option<String>,
    /// Codes of the areas concerned; empty means the whole city.
    pub areas: Vec<String>,
    /// Where.
    #[schema(required)]
    pub place: Option<Place>,
    /// The linked alerts, in the order in which they came; in lists and facts the first 20.
    pub alerts: Vec<LinkedAlert>,
    /// How many alerts are linked.
    pub alert_count: usize,
    /// How many of them go on.
    pub alerts_going_on: usize,
    /// Who answers for it.
    #[schema(required)]
    pub lead_org: Option<String>,
    /// Who works on it.
    pub assigned: Vec<Assigned>,
    /// When it was opened for the first time.
    #[schema(value_type = String, format = DateTime)]
    pub opened_at: Timestamp,
    /// Id of the person, or `service:incident` when a grave alert did it.
    pub opened_by: String,
    /// When anything changed last.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    /// How it ended; only in the state `closed`.
    #[schema(required)]
    pub closed: Option<Closed>,
    /// How often it was reopened.
    pub reopens: u32,
    /// Grows by one at each change; also the ETag, and what If-Match compares.
    pub version: u64,
    /// What happened, oldest first; only when a single incident is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeline: Option<Vec<Line>>,
}

/// Where an incident stands.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = IncidentState)]
pub enum State {
    /// Nobody works on it yet.
    Open,
    /// Somebody does.
    InProgress,
    /// It is over.
    Closed,
}

/// An alert that belongs to an incident.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LinkedAlert {
    /// Id of the alert.
    #[schema(format = "uuid")]
    pub id: String,
    /// What kind of thing.
    pub code: String,
    /// What it is about.
    pub title: Text,
    /// The gravest that it has been.
    #[schema(minimum = 1, maximum = 5)]
    pub severity: u8,
    /// Whether it is over for now.
    pub over: bool,
}

/// Somebody who works on it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = IncidentAssigned)]
pub struct Assigned {
    /// The organisation.
    pub org: String,
    /// Id of a person of it.
    #[schema(required)]
    pub person: Option<String>,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
}

/// How it ended.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = IncidentClosed)]
pub struct Closed {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Id of the person.
    pub by: String,
    /// Why.
    #[schema(value_type = Reason)]
    pub reason: &'static str,
    /// The same in the person's own words.
    pub text: String,
}

/// Why an incident ended.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = IncidentReason)]
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

/// A page of incidents: active before closed, gravest first, then newest.
#[derive(Debug, Serialize, ToSchema)]
pub struct IncidentPage {
    /// The incidents, without their timelines.
    pub items: Vec<Incident>,
    /// The cursor of the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

impl Incident {
    /// Without its timeline and with the first alerts only: for lists and facts.
    pub fn brief(incident: &model::Incident, version: u64) -> Self {
        Self {
            id: incident.id.to_string(),
            number: incident.number.to_string(),
            org: incident.number.org.to_string(),
            title: Text::from(&incident.title),
            kind: incident.kind.clone(),
            severity: incident.severity.level(),
            state: incident.phase.code(),
            entity: incident.entity.clone(),
            areas: incident.areas.iter().map(ToString::to_string).collect(),
            place: incident.place.map(Place::from),
            alerts: incident.linked.iter().take(BRIEF_ALERTS).map(Into::into).collect(),
            alert_count: incident.linked.len(),
            alerts_going_on: incident.going_on(),
            lead_org: incident.lead.as_ref().map(ToString::to_string),
            assigned: incident.assigned.iter().map(Into::into).collect(),
            opened_at: incident.opened_at,
            opened_by: id_of(&incident.opened_by),
            updated_at: incident.updated_at,
            closed: match &incident.phase {
                Phase::Closed(closing) => Some(Closed {
                    at: closing.at,
                    by: id_of(&closing.by),
                    reason: closing.reason.code(),
                    text: closing.text.clone(),
                }),
                Phase::Open(_) | Phase::InProgress(_) => None,
            },
            reopens: incident.reopens,
            version,
            timeline: None,
        }
    }

    /// With its timeline and all alerts.
    pub fn whole(incident: &model::Incident, version: u64) -> Self {
        Self {
            alerts: incident.linked.iter().map(Into::into).collect(),
            timeline: Some(incident.timeline.iter().map(Line::from).collect()),
            ..Self::brief(incident, version)
        }
    }
}

impl From<&Linked> for LinkedAlert {
    fn from(linked: &Linked) -> Self {
        Self {
            id: linked.alert.to_string(),
            code: linked.code.clone(),
            title: Text::from(&linked.title),
            severity: linked.severity.level(),
            over: linked.over,
        }
    }
}

impl From<&model::Assigned> for Assigned {
    fn from(assigned: &model::Assigned) -> Self {
        Self {
            org: assigned.org.to_string(),
            person: assigned.person.map(|person| person.to_string()),
            at: assigned.at,
        }
    }
}

/// How the API names an actor: a person by the bare id, everything else with its kind.
pub fn id_of(actor: &ActorId) -> String {
    match actor {
        ActorId::Person(id) => id.to_string(),
        other => other.to_string(),
    }
}
