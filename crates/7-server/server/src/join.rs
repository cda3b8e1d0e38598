//! Where the floors meet: ports of lower floors implemented by slices of higher ones, because imports only point down.

use async_trait::async_trait;
use driver::intake::{Intake, IntakeError};
use kernel::submission::{Receipt, Submission};
use kernel::time::Timestamp;
use observation::error::IntakeFailure;
use observation::service::Observations;

/// `observation` as the intake of all drivers.
#[derive(Debug)]
pub(crate) struct MainRoad(pub(crate) Observations);

#[async_trait]
impl Intake for MainRoad {
    async fn accept(&self, submission: &Submission) -> Result<Receipt, IntakeError> {
        self.0.accept(submission).await.map_err(|failure| match failure {
            IntakeFailure::Full => IntakeError::Full,
            IntakeFailure::Busy => IntakeError::Busy,
            IntakeFailure::Unavailable => IntakeError::Unavailable,
            IntakeFailure::KeyReused => IntakeError::KeyReused,
        })
    }
}

impl device::http::Contacts for MainRoad {
    fn last_contact(&self, device: &str) -> Option<Timestamp> {
        self.0.last_contact(device)
    }
}
