//! What the routes of this slice need.

use crate::service::Incidents;
use chassis::cursor::CursorKey;

/// What the routes of this slice need.
#[derive(Clone)]
pub struct IncidentState {
    /// The incidents.
    pub incidents: Incidents,
    /// Signs the cursors of pages.
    pub cursors: CursorKey,
}
