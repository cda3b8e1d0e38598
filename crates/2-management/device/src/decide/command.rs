//! The life of a command: state and news go in, the new state and what is to be told come out.

use crate::error::DeviceError;
use crate::fact::SOURCE;
use crate::fact::command::{Happened, Kind};
use crate::model::command::{Act, Command, Given, Hindrance, Line, Params, Phase};
use crate::model::{Device, DeviceState};
use crate::profile::Profile;
use crate::profile::command::{CommandSpec, Reading};
use kernel::actor::ActorId;
use kernel::id::{CommandId, derived};
use kernel::text::LangText;
use kernel::time::Timestamp;
use std::time::Duration;
use uuid::Uuid;

/// How often a command is handed over at most, once for each time that its device comes back without having answered.
pub const MAX_SENT: u32 = 8;
/// Lines that a timeline takes; answers beyond it are only counted.
pub const MAX_LINES: usize = 40;
/// Longest result or reason of an answer that is kept, in characters.
pub const MAX_TEXT: usize = 2_000;

/// Who does something, and when.
#[derive(Clone, Debug)]
pub struct Deed {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: ActorId,
}

/// What is wanted of a device.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    /// Its id.
    pub id: CommandId,
    /// Name of the command.
    pub name: String,
    /// Arguments.
    pub params: Params,
    /// Deadline.
    pub deadline: Timestamp,
}

/// Orders a command that the profile knows, with arguments that fit and a deadline in reach.
pub fn order(
    device: &Device,
    profile: &Profile,
    wanted: Wanted,
    deed: Deed,
) -> Result<(Command, Happened), DeviceError> {
    let spec = known(profile, &wanted.name)?;
    spec.check(&wanted.params)
        .map_err(|what| DeviceError::Invalid { field: "params", what })?;
    let latest = deed.at.plus(Duration::from_secs(u64::from(spec.max_deadline_s)));
    if wanted.deadline <= deed.at || wanted.deadline > latest {
        let most = spec.max_deadline_s;
        let what = format!(
            "the deadline of {} is 1 to {most} s ahead; write a number of seconds",
            spec.name
        );
        return Err(DeviceError::Invalid {
            field: "deadline_s",
            what,
        });
    }
    let mut command = blank(device, wanted, &deed);
    let happened = tell(&mut command, deed, Act::Queued, Kind::Queued);
    Ok((command, happened))
}

/// What the journal asked for and the house may not let: written down as refused, so that whoever asked hears of it.
pub fn turned_away(device: &Device, wanted: Wanted, why: Hindrance, deed: Deed) -> (Command, Happened) {
    let mut command = blank(device, wanted, &deed);
    command.phase = Phase::Refused { why: Some(why.clone()) };
    let happened = tell(&mut command, deed, Act::Refused { why }, Kind::Refused);
    (command, happened)
}

fn blank(device: &Device, wanted: Wanted, deed: &Deed) -> Command {
    Command {
        id: wanted.id,
        device: device.id.clone(),
        name: wanted.name,
        params: wanted.params,
        by: deed.by.clone(),
        at: deed.at,
        deadline: wanted.deadline,
        phase: Phase::Queued,
        sent: 0,
        answer: None,
        asked: None,
        timeline: Vec::new(),
    }
}

fn known<'p>(profile: &'p Profile, name: &str) -> Result<&'p CommandSpec, DeviceError> {
    profile.command(name).ok_or_else(|| {
        let known: Vec<&str> = profile.commands.iter().map(|command| command.name.as_str()).collect();
        let known = if known.is_empty() {
            "none".to_owned()
        } else {
            known.join(", ")
        };
        let name: String = name.chars().take(64).collect();
        DeviceError::Invalid {
            field: "name",
            what: format!(
                "devices of profile {} take no command '{name}'; they take: {known}",
                profile.profile
            ),
        }
    })
}

/// What stands against a command now: the device is blocked, its profile does not know the command any more, or an
/// interlock holds. Asked when it is ordered and again right before it is handed over.
pub fn hindrance(
    device: &Device,
    profile: &Profile,
    (name, params): (&str, &Params),
    newest: &dyn Fn(&str) -> Option<Reading>,
    now: Timestamp,
) -> Option<Hindrance> {
    let why = |code: &str, text: LangText| {
        Some(Hindrance {
            code: code.to_owned(),
            text,
        })
    };
    if device.state == DeviceState::Blocked {
        return why(
            "device_blocked",
            LangText::new("Thiết bị đang bị khóa", "The device is blocked"),
        );
    }
    let Some(spec) = profile.command(name) else {
        let text = LangText::new(
            "Hồ sơ thiết bị không có lệnh này",
            "The profile of the device has no such command",
        );
        return why("command_unknown", text);
    };
    let mut forbidding = spec
        .interlocks
        .iter()
        .filter_map(|interlock| interlock.forbids(params, newest(&interlock.value), now));
    forbidding.next().and_then(|text| why("interlock", text))
}

/// Notes that a command was handed to the device's connection; nothing when it is settled.
pub fn sent(command: &mut Command, now: Timestamp) -> Option<Happened> {
    if !may_send(command, now) {
        return None;
    }
    command.phase = Phase::Sent;
    command.sent += 1;
    Some(tell(command, ours(now), Act::Sent, Kind::Sent))
}

/// Whether a command may be handed over: open, in time, and not too often before.
pub fn may_send(command: &Command, now: Timestamp) -> bool {
    command.is_open() && now <= command.deadline && command.sent < MAX_SENT
}

/// The house may not let a queued command go. One that was sent is left to its device.
pub fn refuse(command: &mut Command, why: Hindrance, now: Timestamp) -> Option<Happened> {
    if command.phase != Phase::Queued {
        return None;
    }
    command.phase = Phase::Refused { why: Some(why.clone()) };
    Some(tell(command, ours(now), Act::Refused { why }, Kind::Refused))
}

/// A command can never be handed over.
pub fn fail(command: &mut Command, why: Hindrance, now: Timestamp) -> Option<Happened> {
    if !command.is_open() {
        return None;
    }
    command.phase = Phase::Failed { why: why.clone() };
    Some(tell(command, ours(now), Act::Failed { why }, Kind::Failed))
}

/// Ends a command whose deadline has passed.
pub fn expire(command: &mut Command, now: Timestamp) -> Option<Happened> {
    if !command.is_open() || now <= command.deadline {
        return None;
    }
    command.phase = Phase::Expired;
    Some(tell(command, ours(now), Act::Expired, Kind::Expired))
}

/// Hears an answer. The first one in time settles the command; one after the deadline finds it expired and is only written
/// down; one that says what was said before changes nothing.
pub fn answered(command: &mut Command, answer: Given, by: ActorId) -> Vec<Happened> {
    let answer = cut(answer);
    let mut told: Vec<Happened> = expire(command, answer.at).into_iter().collect();
    let repeated = command
        .timeline
        .iter()
        .any(|line| matches!(&line.act, Act::Answered { answer: before, .. } if before.says(&answer)));
    if repeated || command.timeline.len() >= MAX_LINES {
        return told;
    }
    let deed = Deed { at: answer.at, by };
    let late = !command.is_open();
    let kind = match (late, answer.ok) {
        (true, _) => Kind::AnsweredLate,
        (false, true) => Kind::Done,
        (false, false) => Kind::Refused,
    };
    if !late {
        command.phase = if answer.ok {
            Phase::Done
        } else {
            Phase::Refused { why: None }
        };
    }
    if command.answer.is_none() {
        command.answer = Some(answer.clone());
    }
    told.push(tell(command, deed, Act::Answered { answer, late }, kind));
    told
}

fn cut(answer: Given) -> Given {
    let long = |text: &String| text.chars().count() > MAX_TEXT;
    Given {
        reason: answer.reason.map(|reason| reason.chars().take(MAX_TEXT).collect()),
        result: answer.result.filter(|result| !long(&result.to_string())),
        ..answer
    }
}

fn ours(now: Timestamp) -> Deed {
    Deed {
        at: now,
        by: ActorId::Service(SOURCE.to_owned()),
    }
}

/// Writes an act into the timeline and makes the fact of it. Its id follows from command and line, so that the same step
/// after a crash is the same fact.
fn tell(command: &mut Command, deed: Deed, act: Act, kind: Kind) -> Happened {
    let line = (command.timeline.len() as u64).to_be_bytes();
    let id: Uuid = derived(&[
        SOURCE.as_bytes(),
        b"command",
        command.id.0.as_bytes(),
        &line,
        kind.fact_type().as_bytes(),
    ]);
    let Deed { at, by } = deed;
    command.timeline.push(Line {
        id,
        at,
        by: by.clone(),
        act,
    });
    Happened { id, kind, at, by }
}
