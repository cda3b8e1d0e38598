//! What a signal does to the newest alert of its group.

use super::{Deed, MAX_CAUSES, MAX_SIGNAL_LINES, tell};
use crate::fact::{Happened, Kind, SOURCE};
use crate::model::{Act, Alert, Cause, Clearing, Face, Live, Phase, Settings, Why};
use kernel::actor::ActorId;
use kernel::id::{AlertId, derived};
use kernel::severity::Severity;
use kernel::signal::{Change, Signal};

/// Version of these rules; a part of every derived id (SEMANTICS 9). Raise it when the same signals shall mean something
/// else than before.
const RULES: &[u8] = b"1";

/// A signal with its number in the journal.
#[derive(Clone, Debug, PartialEq)]
pub struct Heard {
    /// Grows from signal to signal.
    pub number: u64,
    /// The signal.
    pub signal: Signal,
}

/// What a signal came to.
#[derive(Debug, PartialEq)]
pub enum Outcome {
    /// Nothing: heard before, or the end of something that nobody knew.
    Nothing,
    /// The newest alert took it in; perhaps there is something to tell.
    Kept(Vec<Happened>),
    /// A new alert.
    Begun(Box<Alert>, Happened),
}

/// Decides. `newest` is the newest alert of the signal's group, open or cleared, if there is one; it is changed only when
/// the outcome is [`Outcome::Kept`].
pub fn hear(newest: Option<&mut Alert>, heard: &Heard, settings: &Settings) -> Outcome {
    let signal = &heard.signal;
    let ends = signal.change == Change::Cleared;
    let Some(alert) = newest else {
        return if ends { Outcome::Nothing } else { begin(heard) };
    };
    if heard.number <= alert.heard || ends && alert.severity_of(&Cause::of(signal)).is_none() {
        return Outcome::Nothing;
    }
    let cleared = match &alert.phase {
        Phase::Cleared(clearing) => Some(clearing.clone()),
        _ => None,
    };
    match cleared {
        None if ends => Outcome::Kept(end(alert, heard)),
        None => Outcome::Kept(go_on(alert, heard, settings)),
        Some(_) if ends || is_waved_off(alert, signal) => Outcome::Kept(remember(alert, heard)),
        Some(clearing) if may_reopen(alert, &clearing, signal, settings) => Outcome::Kept(reopen(alert, heard)),
        Some(_) => begin(heard),
    }
}

/// Somebody cleared the alert by hand while this went on, and it has not become worse: it stays quiet. A new beginning
/// (`Raised`) of at least the same severity speaks again.
fn is_waved_off(alert: &Alert, signal: &Signal) -> bool {
    let Some(known) = alert.severity_of(&Cause::of(signal)) else {
        return false;
    };
    match signal.change {
        Change::Renewed => signal.severity <= known,
        _ => signal.severity < known,
    }
}

fn may_reopen(alert: &Alert, clearing: &Clearing, signal: &Signal, settings: &Settings) -> bool {
    signal.noticed.since(clearing.at) <= settings.reopen_within() && alert.timeline.len() < MAX_SIGNAL_LINES
}

fn begin(heard: &Heard) -> Outcome {
    let signal = &heard.signal;
    let severity = signal.severity;
    let mut alert = Alert {
        id: AlertId(derived(&[SOURCE.as_bytes(), RULES, signal.id.0.as_bytes()])),
        group: signal.group.clone(),
        face: face_of(signal),
        severity,
        phase: Phase::Raised,
        causes: Vec::new(),
        areas: Vec::new(),
        classification: signal.classification,
        raised_at: signal.noticed,
        updated_at: signal.noticed,
        told_at: signal.noticed,
        signals: 0,
        raises: 1,
        heard: 0,
        superseded: false,
        timeline: Vec::new(),
        unlisted: 0,
    };
    take_in(&mut alert, heard);
    let happened = tell(&mut alert, deed(signal, Kind::Raised), Act::Raised { severity });
    Outcome::Begun(Box::new(alert), happened)
}

fn go_on(alert: &mut Alert, heard: &Heard, settings: &Settings) -> Vec<Happened> {
    let signal = &heard.signal;
    let before = take_in(alert, heard);
    if alert.severity != before {
        return weigh(alert, before, signal);
    }
    if signal.noticed.since(alert.told_at) < settings.renew_after() {
        return Vec::new();
    }
    alert.told_at = signal.noticed;
    let Deed { id, at, by } = deed(signal, Kind::Renewed);
    vec![Happened {
        id,
        kind: Kind::Renewed,
        at,
        by,
    }]
}

fn end(alert: &mut Alert, heard: &Heard) -> Vec<Happened> {
    let signal = &heard.signal;
    let before = take_in(alert, heard);
    if alert.causes.is_empty() {
        let deed = deed(signal, Kind::Cleared);
        alert.phase = Phase::Cleared(Clearing {
            by: deed.by.clone(),
            at: deed.at,
            reason: None,
        });
        return vec![tell(alert, deed, Act::Cleared { reason: None })];
    }
    weigh(alert, before, signal)
}

fn reopen(alert: &mut Alert, heard: &Heard) -> Vec<Happened> {
    take_in(alert, heard);
    alert.phase = Phase::Raised;
    alert.raises = alert.raises.saturating_add(1);
    let act = Act::Reopened {
        severity: alert.severity,
        raises: alert.raises,
    };
    vec![tell(alert, deed(&heard.signal, Kind::Reopened), act)]
}

/// Of a cleared alert: keeps book of what still goes on, without a word.
fn remember(alert: &mut Alert, heard: &Heard) -> Vec<Happened> {
    let severity = alert.severity;
    take_in(alert, heard);
    alert.severity = severity;
    Vec::new()
}

/// Tells of another severity. What is graver than what a person has judged makes the alert shout again.
fn weigh(alert: &mut Alert, from: Severity, signal: &Signal) -> Vec<Happened> {
    let to = alert.severity;
    if to == from {
        return Vec::new();
    }
    if to < from {
        return vec![tell(alert, deed(signal, Kind::Eased), Act::Eased { from, to })];
    }
    let mut happened = Vec::new();
    let mut unacknowledged = false;
    match &alert.phase {
        Phase::Shelved(shelf) if to > shelf.severity => {
            alert.phase = Phase::Raised;
            happened.push(tell(
                alert,
                deed(signal, Kind::Unshelved),
                Act::Unshelved { why: Why::Graver },
            ));
        }
        Phase::Acknowledged(acknowledgement) if to > acknowledgement.severity => {
            alert.phase = Phase::Raised;
            unacknowledged = true;
        }
        _ => {}
    }
    happened.push(tell(
        alert,
        deed(signal, Kind::Escalated),
        Act::Escalated {
            from,
            to,
            unacknowledged,
        },
    ));
    happened
}

/// Counts the signal, follows its cause and takes over figures and face. Answers the severity before.
fn take_in(alert: &mut Alert, heard: &Heard) -> Severity {
    let signal = &heard.signal;
    let before = alert.severity;
    alert.heard = heard.number;
    alert.signals = alert.signals.saturating_add(1);
    alert.updated_at = alert.updated_at.max(signal.noticed);
    alert.classification = alert.classification.max(signal.classification);
    for area in &signal.areas {
        if !alert.areas.contains(area) {
            alert.areas.push(area.clone());
        }
    }
    let cause = Cause::of(signal);
    if signal.change == Change::Cleared {
        alert.causes.retain(|live| live.cause != cause);
    } else {
        wear(alert, signal, &cause);
        follow(alert, cause, signal.severity);
    }
    alert.severity = alert.worst().unwrap_or(before);
    before
}

/// The face is that of the gravest cause: another takes its place only when it is graver or the old one is over.
fn wear(alert: &mut Alert, signal: &Signal, cause: &Cause) {
    let graver = alert.worst().is_none_or(|worst| signal.severity > worst);
    if graver || alert.face.cause == *cause || alert.severity_of(&alert.face.cause).is_none() {
        alert.face = face_of(signal);
    }
}

fn follow(alert: &mut Alert, cause: Cause, severity: Severity) {
    if let Some(live) = alert.causes.iter_mut().find(|live| live.cause == cause) {
        live.severity = severity;
    } else if alert.causes.len() < MAX_CAUSES {
        alert.causes.push(Live { cause, severity });
    } else {
        // Its next renewal reopens the alert if all that are followed end before it does.
        metrics::counter!("hanoi_ioc_alert_causes_unfollowed_total").increment(1);
    }
}

fn face_of(signal: &Signal) -> Face {
    Face {
        cause: Cause::of(signal),
        code: signal.code.clone(),
        title: signal.title.clone(),
        device: signal.device.clone(),
        org: signal.org.clone(),
        place: signal.place,
        params: signal.params.clone(),
    }
}

/// What follows from a signal has an id that follows from it: the same signal can never tell the same twice.
fn deed(signal: &Signal, kind: Kind) -> Deed {
    let moment = signal.at.micros().to_be_bytes();
    let parts = [
        SOURCE.as_bytes(),
        RULES,
        signal.id.0.as_bytes(),
        kind.fact_type().as_bytes(),
        &moment,
    ];
    Deed {
        id: derived(&parts),
        at: signal.noticed,
        by: ActorId::Service(signal.source.clone()),
    }
}
