//! What the routes of this slice need.

use crate::service::Alerts;
use chassis::cursor::CursorKey;

/// What the routes of this slice need.
#[derive(Clone)]
pub struct AlertState {
    /// The alerts.
    pub alerts: Alerts,
    /// Signs the cursors of pages.
    pub cursors: CursorKey,
}
