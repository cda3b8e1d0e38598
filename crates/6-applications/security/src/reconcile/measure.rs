//! Measures that have begun are carried out, also after a crash; those whose time is over are taken back.

use crate::error::SecurityError;
use crate::service::measure::Measures;
use std::time::Duration;

/// Between two looks.
pub const PERIOD: Duration = Duration::from_secs(10);

/// One look.
pub async fn turn(measures: &Measures) -> Result<(), SecurityError> {
    measures.turn().await.map(drop)
}
