//! What the API takes and gives. The same form of an alert is the body of every fact.

pub mod line;

use crate::model;
use crate::model::Phase;
use chassis::wire::{Place, Text};
use kernel::actor::ActorId;
use kernel::time::Timestamp;
use line::Line;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Signals of one group, gathered into something that one person must look at.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Alert {
    /// Identifier.
    #[schema(format = "uuid")]
    pub id: String,
    /// What kind of thing, such as `flood_depth`.
    pub code: String,
    /// What it is about.
    pub title: Text,
    /// 1 (lightest) to 5 (gravest), as in Quyết định 18/2021/QĐ-TTg; after the clearing, what it was last.
    #[schema(minimum = 1, maximum = 5)]
    pub severity: u8,
    /// `raised`, `acknowledged`, `shelved` or `cleared`.
    #[schema(value_type = State)]
    pub state: &'static str,
    /// The key that its signals share.
    pub group: String,
    /// The entity concerned (NGSI-LD id).
    pub entity: String,
    /// The device concerned.
    #[schema(required)]
    pub device: Option<String>,
    /// Codes of the areas concerned; empty means the whole city.
    pub areas: Vec<String>,
    /// Where.
    #[schema(required)]
    pub place: Option<Place>,
    /// When it was raised for the first time.
    #[schema(value_type = String, format = DateTime)]
    pub raised_at: Timestamp,
    /// When anything changed last.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    /// When it ended; absent while it is open.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub cleared_at: Option<Timestamp>,
    /// Who took note; only in the state `acknowledged`.
    #[schema(required)]
    pub acknowledged: Option<Acknowledged>,
    /// Who put it aside; only in the state `shelved`.
    #[schema(required)]
    pub shelved: Option<Shelved>,
    /// How many signals it has taken in.
    pub signals: u64,
    /// How often it was raised: 1, and one more for each reopening.
    pub raises: u32,
    /// Figures: value, limit, unit ...
    pub params: BTreeMap<String, serde_json::Value>,
    /// How many entities it goes on at; title, place and figures are those of the gravest. 0 when all is over.
    pub entities: usize,
    /// What holds it open, gravest first, at most 1,000; only when a single alert is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held_by: Option<Vec<HeldBy>>,
    /// Grows by one at each change; also the ETag, and what If-Match compares.
    pub version: u64,
    /// What happened, oldest first; only when a single alert is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeline: Option<Vec<Line>>,
}

/// Where an alert stands.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AlertPhase)]
pub enum State {
    /// Nobody has said anything about it yet.
    Raised,
    /// Somebody looks after it; it stays open.
    Acknowledged,
    /// It is open but does not shout.
    Shelved,
    /// It is over.
    Cleared,
}

/// One thing that goes on and holds an alert open.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AlertHeldBy)]
pub struct HeldBy {
    /// Who noticed, such as `rule/flood-depth`.
    pub source: String,
    /// The entity (NGSI-LD id).
    pub entity: String,
    /// The series, if it is about one.
    #[schema(required)]
    pub series: Option<u64>,
    /// 1 (lightest) to 5 (gravest).
    #[schema(minimum = 1, maximum = 5)]
    pub severity: u8,
}

/// Somebody has taken note.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AlertAcknowledged)]
pub struct Acknowledged {
    /// Id of the person.
    pub by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
}

/// Somebody has put it aside.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AlertShelved)]
pub struct Shelved {
    /// Id of the person.
    pub by: String,
    /// It comes back at this instant.
    #[schema(value_type = String, format = DateTime)]
    pub until: Timestamp,
    /// Why.
    pub reason: String,
}

/// A page of alerts: open before cleared, gravest first, then newest.
#[derive(Debug, Serialize, ToSchema)]
pub struct AlertPage {
    /// The alerts, without their timelines.
    pub items: Vec<Alert>,
    /// The cursor of the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// To acknowledge.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AcknowledgeAlert)]
pub struct Acknowledge {
    /// At most 1,000 characters.
    pub comment: Option<String>,
}

/// To write something down.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CommentOnAlert)]
pub struct Comment {
    /// 1 to 1,000 characters.
    pub comment: String,
}

/// To put aside.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ShelveAlert)]
pub struct Shelve {
    /// 1 to 1,000 characters.
    pub reason: String,
    /// When it shall come back; at most 24 hours ahead unless configured otherwise.
    #[schema(value_type = String, format = DateTime)]
    pub until: Timestamp,
}

/// To take back from the shelf; nothing needs to be said.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = UnshelveAlert)]
pub struct Unshelve {}

/// To end by hand.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ClearAlert)]
pub struct Clear {
    /// 1 to 1,000 characters.
    pub reason: String,
}

impl Alert {
    /// Without its timeline: for lists and facts.
    pub fn brief(alert: &model::Alert, version: u64) -> Self {
        let face = &alert.face;
        Self {
            id: alert.id.to_string(),
            code: face.code.clone(),
            title: Text::from(&face.title),
            severity: alert.severity.level(),
            state: alert.phase.code(),
            group: alert.group.clone(),
            entity: face.cause.entity.clone(),
            device: face.device.as_ref().map(ToString::to_string),
            areas: alert.areas.iter().map(ToString::to_string).collect(),
            place: face.place.map(Place::from),
            raised_at: alert.raised_at,
            updated_at: alert.updated_at,
            cleared_at: match &alert.phase {
                Phase::Cleared(clearing) => Some(clearing.at),
                _ => None,
            },
            acknowledged: match &alert.phase {
                Phase::Acknowledged(note) => Some(Acknowledged {
                    by: id_of(&note.by),
                    at: note.at,
                }),
                _ => None,
            },
            shelved: match &alert.phase {
                Phase::Shelved(shelf) => Some(Shelved {
                    by: id_of(&shelf.by),
                    until: shelf.until,
                    reason: shelf.reason.clone(),
                }),
                _ => None,
            },
            signals: alert.signals,
            raises: alert.raises,
            params: face.params.clone(),
            entities: alert.entities(),
            held_by: None,
            version,
            timeline: None,
        }
    }

    /// With its timeline and what holds it open.
    pub fn whole(alert: &model::Alert, version: u64) -> Self {
        let timeline = alert.timeline.iter().map(Line::from).collect();
        let mut held_by: Vec<HeldBy> = alert.causes.iter().map(HeldBy::from).collect();
        held_by.sort_by(|a, b| (b.severity, &a.entity).cmp(&(a.severity, &b.entity)));
        Self {
            held_by: Some(held_by),
            timeline: Some(timeline),
            ..Self::brief(alert, version)
        }
    }
}

impl From<&model::Live> for HeldBy {
    fn from(live: &model::Live) -> Self {
        Self {
            source: live.cause.source.clone(),
            entity: live.cause.entity.clone(),
            series: live.cause.series.map(|series| series.0.into()),
            severity: live.severity.level(),
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
