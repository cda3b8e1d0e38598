//! What happens to an incident: pure rules without storage, clock or network. State and news go in, facts come out.
//!
//! ```text
//!   grave alert, or a person
//!            │
//!            ▼     start                close, with a reason
//!          Open ─────────▶ InProgress ──────────────┐
//!            ▲ │                                     ▼
//!            │ └────── close, with a reason ─────▶ Closed
//!            └──────────── reopen, with a reason ────┘
//!
//!  alerts join an active incident: by group, by kind and commune, or by hand
//!  all alerts over ── a line of the timeline, never a closing: that takes a person
//! ```

pub mod act;
pub mod fold;
pub mod hear;
pub mod join;
pub mod open;

use crate::error::IncidentError;
use crate::fact::{Happened, Kind, SOURCE};
use crate::model::Incident;
use crate::model::timeline::{Act, Line};
use kernel::actor::ActorId;
use kernel::time::Timestamp;
use uuid::Uuid;

/// Lines of this program itself that a timeline takes; further ones are only counted.
pub const MAX_OWN_LINES: usize = 200;
/// Lines that a timeline takes in all; then only closing is left.
pub const MAX_LINES: usize = 1_000;
/// Bytes of people's own words that a timeline takes; then only closing is left.
pub const MAX_WORDS: usize = 512 << 10;
/// Alerts that one incident follows; further ones are only counted.
pub const MAX_LINKED: usize = 1_000;
/// Alerts that one request may name.
pub const MAX_AT_ONCE: usize = 200;
/// Areas of one incident.
pub const MAX_AREAS: usize = 200;
/// Organisations and persons that are assigned at a time.
pub const MAX_ASSIGNED: usize = 50;
/// Longest note or reason, in bytes of UTF-8.
pub const MAX_TEXT: usize = 4_096;

/// Who does something, when, and under which id it is told.
#[derive(Clone, Debug)]
pub struct Deed {
    /// UUIDv7 for a person, derived otherwise.
    pub id: Uuid,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: ActorId,
}

/// Writes an act into the timeline and makes the fact of it.
fn tell(incident: &mut Incident, deed: Deed, act: Act) -> Happened {
    incident.updated_at = incident.updated_at.max(deed.at);
    let kind = Kind::of(&act);
    let Deed { id, at, by } = deed;
    let is_own = |by: &ActorId| matches!(by, ActorId::Service(name) if name == SOURCE);
    let own = || incident.timeline.iter().filter(|line| is_own(&line.by)).count();
    if is_own(&by) && own() >= MAX_OWN_LINES {
        incident.unlisted = incident.unlisted.saturating_add(1);
    } else {
        incident.timeline.push(Line {
            id,
            at,
            by: by.clone(),
            act,
        });
    }
    Happened { id, kind, at, by }
}

/// A person's own words: at least one, not too many, no control characters.
fn text(field: &'static str, given: &str) -> Result<String, IncidentError> {
    let text = given.trim();
    let what = if text.is_empty() {
        "is empty; write at least one word".to_owned()
    } else if text.len() > MAX_TEXT {
        format!("has {} bytes; write at most {MAX_TEXT}", text.len())
    } else if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        "holds control characters; write plain text".to_owned()
    } else {
        return Ok(text.to_owned());
    };
    Err(IncidentError::Invalid { field, what })
}

/// The same where saying nothing is allowed; blanks say nothing.
fn words(field: &'static str, given: Option<&str>) -> Result<Option<String>, IncidentError> {
    let said = given.filter(|given| !given.trim().is_empty());
    said.map(|said| text(field, said)).transpose()
}

/// Refuses a list that is too long.
pub(crate) fn check_count(field: &'static str, count: usize, most: usize) -> Result<(), IncidentError> {
    if count <= most {
        return Ok(());
    }
    let what = format!("has {count} entries; name at most {most} at once");
    Err(IncidentError::Invalid { field, what })
}
