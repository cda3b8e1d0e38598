//! What the API of commands takes and gives. The same form of a command is the body of every fact.

use crate::model::command::{Act, Command, Given, Hindrance, Line, Params};
use chassis::wire::Text;
use kernel::actor::ActorId;
use kernel::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A command to a device.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Command)]
pub struct CommandView {
    /// Identifier; the device names it in its answer.
    #[schema(format = "uuid")]
    pub id: String,
    /// The device.
    pub device: String,
    /// Its name in the device's profile, such as `pump.set`.
    pub name: String,
    /// Its arguments.
    pub params: BTreeMap<String, Value>,
    /// `queued`, `sent`, `done`, `refused`, `expired` or `failed`.
    #[schema(value_type = State)]
    pub state: &'static str,
    /// Who ordered it: a person by the bare id, everything else with its kind.
    pub by: String,
    /// When it was ordered.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// After this instant it must not be carried out.
    #[schema(value_type = String, format = DateTime)]
    pub deadline: Timestamp,
    /// What the device said first.
    #[schema(required)]
    pub answer: Option<AnswerView>,
    /// Why the house did not pass it on.
    #[schema(required)]
    pub reason: Option<Reason>,
    /// Grows by one at each change; also the ETag.
    pub version: u64,
    /// What happened, oldest first; only when a single command is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeline: Option<Vec<LineView>>,
}

/// Where a command stands.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CommandState)]
pub enum State {
    /// It waits until the device listens.
    Queued,
    /// The device's connection has it.
    Sent,
    /// The device has carried it out.
    Done,
    /// The device did not want to, or the house may not let it.
    Refused,
    /// Nobody answered before the deadline.
    Expired,
    /// It cannot be handed over.
    Failed,
}

/// What a device said.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CommandAnswer)]
pub struct AnswerView {
    /// When it arrived.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Whether the command was carried out.
    pub ok: bool,
    /// What came of it.
    #[schema(required)]
    pub result: Option<Value>,
    /// Why not.
    #[schema(required)]
    pub reason: Option<String>,
}

/// Why the house did not pass a command on.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CommandReason)]
pub struct Reason {
    /// `device_blocked`, `interlock`, `command_unknown`, `command_unfit` or `message_too_long`.
    pub code: String,
    /// In words.
    pub title: Text,
}

/// One line of the timeline.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CommandLine)]
pub struct LineView {
    /// Id of the fact that told it.
    #[schema(format = "uuid")]
    pub id: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Who.
    pub by: String,
    /// `queued`, `sent`, `answered`, `answered_late`, `refused`, `expired` or `failed`.
    pub act: &'static str,
    /// What the device said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<AnswerView>,
    /// Why the house did not pass it on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
}

/// A page of commands, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct CommandPage {
    /// The commands, without their timelines.
    pub items: Vec<CommandView>,
    /// The cursor of the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// To give a command.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCommand {
    /// A command of the device's profile, such as `pump.set`.
    pub name: String,
    /// Its arguments, such as `{"on": true}`.
    #[serde(default)]
    pub params: BTreeMap<String, Value>,
    /// Seconds until it must not be carried out any more; 30 if absent.
    #[serde(default = "half_a_minute")]
    pub deadline_s: u32,
}

const fn half_a_minute() -> u32 {
    30
}

impl CommandView {
    /// Without its timeline: for lists and facts.
    pub fn brief(command: &Command, version: u64) -> Self {
        let params: &Params = &command.params;
        Self {
            id: command.id.to_string(),
            device: command.device.to_string(),
            name: command.name.clone(),
            params: params.clone(),
            state: command.phase.code(),
            by: id_of(&command.by),
            at: command.at,
            deadline: command.deadline,
            answer: command.answer.as_ref().map(AnswerView::from),
            reason: command.phase.why().map(Reason::from),
            version,
            timeline: None,
        }
    }

    /// With its timeline.
    pub fn whole(command: &Command, version: u64) -> Self {
        Self {
            timeline: Some(command.timeline.iter().map(LineView::from).collect()),
            ..Self::brief(command, version)
        }
    }
}

impl From<&Given> for AnswerView {
    fn from(given: &Given) -> Self {
        Self {
            at: given.at,
            ok: given.ok,
            result: given.result.clone(),
            reason: given.reason.clone(),
        }
    }
}

impl From<&Hindrance> for Reason {
    fn from(why: &Hindrance) -> Self {
        Self {
            code: why.code.clone(),
            title: Text::from(&why.text),
        }
    }
}

impl From<&Line> for LineView {
    fn from(line: &Line) -> Self {
        let (act, answer, reason) = match &line.act {
            Act::Queued => ("queued", None, None),
            Act::Sent => ("sent", None, None),
            Act::Answered { answer, late: false } => ("answered", Some(answer), None),
            Act::Answered { answer, late: true } => ("answered_late", Some(answer), None),
            Act::Refused { why } => ("refused", None, Some(why)),
            Act::Expired => ("expired", None, None),
            Act::Failed { why } => ("failed", None, Some(why)),
        };
        Self {
            id: line.id.to_string(),
            at: line.at,
            by: id_of(&line.by),
            act,
            answer: answer.map(AnswerView::from),
            reason: reason.map(Reason::from),
        }
    }
}

/// How the API names an actor: a person by the bare id, everything else with its kind.
fn id_of(actor: &ActorId) -> String {
    match actor {
        ActorId::Person(id) => id.to_string(),
        other => other.to_string(),
    }
}
