//! What happens to an alert: pure rules without storage, clock or network. State and news go in, facts come out.
//!
//! ```text
//!                    signal                            person
//!  (nothing) ──raised──▶ Raised ──acknowledge──▶ Acknowledged
//!                          ▲ │ ▲                      │ │
//!             time is up,  │ │ └──────graver──────────┘ │ shelve
//!             graver,      │ └─────────shelve────┐      │
//!             asked        └──────────────── Shelved ◀──┘
//!
//!  any open one ── its last cause is over, or a person with a reason ──▶ Cleared
//!  Cleared ── raised again soon ──▶ Raised (reopened);  raised again later ──▶ a new alert
//! ```

pub mod act;
pub mod fold;
pub mod hear;

use crate::fact::{Happened, Kind};
use crate::model::{Act, Alert, Line};
use kernel::actor::ActorId;
use kernel::time::Timestamp;
use uuid::Uuid;

/// Lines about severity that a timeline takes; further ones are only counted.
pub const MAX_SIGNAL_LINES: usize = 200;
/// Lines that a timeline takes in all; then only clearing is left.
pub const MAX_LINES: usize = 400;
/// Causes that one alert follows singly.
pub const MAX_CAUSES: usize = 1_000;

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
fn tell(alert: &mut Alert, deed: Deed, act: Act) -> Happened {
    alert.updated_at = alert.updated_at.max(deed.at);
    alert.told_at = alert.told_at.max(deed.at);
    let kind = Kind::of(&act);
    let Deed { id, at, by } = deed;
    let only_counted = matches!(kind, Kind::Escalated | Kind::Eased) && alert.timeline.len() >= MAX_SIGNAL_LINES;
    if only_counted {
        alert.unlisted = alert.unlisted.saturating_add(1);
    } else {
        alert.timeline.push(Line {
            id,
            at,
            by: by.clone(),
            act,
        });
    }
    Happened { id, kind, at, by }
}
