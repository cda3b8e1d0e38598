//! What a person may do with an alert, and when it comes back from the shelf by itself.

use super::{Deed, MAX_LINES, tell};
use crate::error::AlertError;
use crate::fact::{Happened, SOURCE};
use crate::model::{Acknowledgement, Act, Alert, Clearing, Phase, Settings, Shelf, Why};
use kernel::actor::ActorId;
use kernel::id::derived;
use kernel::time::Timestamp;

/// Longest comment or reason, in characters.
pub const MAX_TEXT: usize = 1_000;

/// What a person wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Take note; the alert stays open.
    Acknowledge {
        /// In own words.
        comment: Option<String>,
    },
    /// Write something down.
    Comment {
        /// In own words.
        comment: String,
    },
    /// Put aside.
    Shelve {
        /// Why.
        reason: String,
        /// Until when.
        until: Timestamp,
    },
    /// Take back from the shelf.
    Unshelve,
    /// End it, whatever its causes do.
    Clear {
        /// Why.
        reason: String,
    },
}

/// Decides. An error leaves the alert as it was.
pub fn act(alert: &mut Alert, command: Command, deed: Deed, settings: &Settings) -> Result<Happened, AlertError> {
    if alert.timeline.len() >= MAX_LINES && !matches!(command, Command::Clear { .. }) {
        return Err(wrong(
            alert,
            "its timeline is full; clear it, and the next signal begins a new alert",
        ));
    }
    let severity = alert.severity;
    let (by, at) = (deed.by.clone(), deed.at);
    let (phase, act) = match command {
        Command::Acknowledge { comment } => {
            allow(
                alert,
                matches!(alert.phase, Phase::Raised),
                "only a raised alert can be acknowledged",
            )?;
            let comment = comment.map(|comment| text("comment", &comment)).transpose()?;
            (
                Some(Phase::Acknowledged(Acknowledgement { by, at, severity })),
                Act::Acknowledged { comment },
            )
        }
        Command::Comment { comment } => (
            None,
            Act::Commented {
                comment: text("comment", &comment)?,
            },
        ),
        Command::Shelve { reason, until } => {
            let fits = matches!(alert.phase, Phase::Raised | Phase::Acknowledged(_));
            allow(alert, fits, "only a raised or acknowledged alert can be shelved")?;
            let reason = text("reason", &reason)?;
            check_until(until, at, settings)?;
            let shelf = Shelf {
                by,
                at,
                until,
                reason: reason.clone(),
                severity,
            };
            (Some(Phase::Shelved(shelf)), Act::Shelved { until, reason })
        }
        Command::Unshelve => {
            allow(
                alert,
                matches!(alert.phase, Phase::Shelved(_)),
                "only a shelved alert can be unshelved",
            )?;
            (Some(Phase::Raised), Act::Unshelved { why: Why::Asked })
        }
        Command::Clear { reason } => {
            allow(alert, alert.is_open(), "it needs no clearing")?;
            let reason = Some(text("reason", &reason)?);
            (
                Some(Phase::Cleared(Clearing {
                    by,
                    at,
                    reason: reason.clone(),
                })),
                Act::Cleared { reason },
            )
        }
    };
    if let Some(phase) = phase {
        alert.phase = phase;
    }
    Ok(tell(alert, deed, act))
}

/// Takes an alert from the shelf whose time is up. It is raised again: whoever shelved it has asked to be reminded.
pub fn come_back(alert: &mut Alert, now: Timestamp) -> Option<Happened> {
    let Phase::Shelved(Shelf { until, .. }) = alert.phase else {
        return None;
    };
    if now < until {
        return None;
    }
    let id = derived(&[
        SOURCE.as_bytes(),
        b"due",
        alert.id.0.as_bytes(),
        &until.micros().to_be_bytes(),
    ]);
    alert.phase = Phase::Raised;
    let deed = Deed {
        id,
        at: now,
        by: ActorId::Service(SOURCE.to_owned()),
    };
    Some(tell(alert, deed, Act::Unshelved { why: Why::Due }))
}

fn allow(alert: &Alert, fits: bool, advice: &'static str) -> Result<(), AlertError> {
    if fits { Ok(()) } else { Err(wrong(alert, advice)) }
}

fn wrong(alert: &Alert, advice: &'static str) -> AlertError {
    let witness = alert.phase.witness();
    AlertError::WrongState {
        state: alert.phase.code(),
        by: witness.map(|(by, _)| by.clone()),
        at: witness.map(|(_, at)| at),
        advice,
    }
}

fn text(field: &'static str, given: &str) -> Result<String, AlertError> {
    let text = given.trim();
    let length = text.chars().count();
    let what = if length == 0 {
        "is empty; write at least one word".to_owned()
    } else if length > MAX_TEXT {
        format!("has {length} characters; write at most {MAX_TEXT}")
    } else if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        "holds control characters; write plain text".to_owned()
    } else {
        return Ok(text.to_owned());
    };
    Err(AlertError::Invalid { field, what })
}

fn check_until(until: Timestamp, now: Timestamp, settings: &Settings) -> Result<(), AlertError> {
    let latest = now.plus(settings.shelve_at_most());
    if until > now && until <= latest {
        return Ok(());
    }
    let what = format!("is {until}; write an instant after {now} and not after {latest}");
    Err(AlertError::Invalid { field: "until", what })
}
