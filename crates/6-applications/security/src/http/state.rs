//! What the routes of this slice need.

use crate::service::flaw::Flaws;
use crate::service::measure::Measures;
use crate::service::object::Inventory;
use crate::service::report::Reports;
use crate::service::usage::Usage;
use chassis::cursor::CursorKey;

/// What the routes of this slice need.
#[derive(Clone, Debug)]
pub struct SecurityState {
    /// What the SOC does.
    pub measures: Measures,
    /// What the SOC tells.
    pub reports: Reports,
    /// What there is.
    pub inventory: Inventory,
    /// What is wrong with its parts.
    pub flaws: Flaws,
    /// Who uses the interfaces how much.
    pub usage: Usage,
    /// Signs the cursors of pages.
    pub cursors: CursorKey,
}
