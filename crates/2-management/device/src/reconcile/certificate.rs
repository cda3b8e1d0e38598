//! Background work on certificates: writes first uses down and tells how many end soon.

use crate::error::DeviceError;
use crate::service::certificate::Certificates;
use std::time::Duration;

/// How often to look, in wall time; also at each nudge.
pub const PERIOD: Duration = Duration::from_secs(30);

/// One turn; safe to repeat.
pub async fn turn(certificates: &Certificates) -> Result<(), DeviceError> {
    let outcome = certificates.settle().await;
    certificates.measure();
    outcome.map(drop)
}
