//! What can be asked of this slice: authorise, load, decide, and commit the change with its fact in one transaction.

pub mod flaw;
pub mod ground;
pub mod measure;
pub mod object;
pub mod report;
pub mod usage;

use crate::error::SecurityError;
use access::denied::Denied;
use kernel::actor::Actor;
use policy::action::Action;
use policy::compiled::permit;

fn authorise(actor: &Actor, action: Action) -> Result<(), SecurityError> {
    permit(actor, action).map_err(|_| SecurityError::Denied(Box::new(Denied::by(action, &[]))))
}

/// Runs an act to its end, also when the caller goes away.
async fn to_the_end<T: Send + 'static>(
    act: impl Future<Output = Result<T, SecurityError>> + Send + 'static,
) -> Result<T, SecurityError> {
    let stopped = |error: tokio::task::JoinError| ports::error::PortError::Unavailable(error.to_string());
    tokio::spawn(act).await.map_err(stopped)?
}
