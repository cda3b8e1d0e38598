//! Flaws become overdue and acceptances end by the clock.

use crate::error::SecurityError;
use crate::service::flaw::Flaws;
use std::time::Duration;

/// Between two looks.
pub const PERIOD: Duration = Duration::from_secs(300);

/// One look.
pub async fn turn(flaws: &Flaws) -> Result<(), SecurityError> {
    flaws.turn().await.map(drop)
}
