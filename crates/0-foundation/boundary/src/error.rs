//! What can go wrong with boundaries, other than a file that does not fit: that is a report.

use kernel::error::{Classified, ErrorKind, Retry};
use ports::error::PortError;

/// The one error of this crate.
#[derive(Debug, thiserror::Error)]
pub enum BoundaryError {
    /// No role of the actor permits it.
    #[error("replacing boundaries takes the role administrator or data_steward; ask one")]
    Denied,
    /// Something is stored that this build cannot read.
    #[error("stored boundary '{key}' cannot be read: {why}; import the file again")]
    Unreadable {
        /// Which.
        key: String,
        /// Why.
        why: String,
    },
    /// The work was lost.
    #[error("the file was not judged to the end: {0}")]
    Lost(String),
    /// Storage.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl Classified for BoundaryError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Denied => ErrorKind::Denied,
            Self::Unreadable { .. } => ErrorKind::Corrupt,
            Self::Lost(_) => ErrorKind::Bug,
            Self::Port(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Denied => "denied",
            Self::Unreadable { .. } => "storage_corrupt",
            Self::Lost(_) => "internal",
            Self::Port(error) => error.code(),
        }
    }

    fn retry(&self) -> Retry {
        match self {
            Self::Port(error) => error.retry(),
            _ => Retry::Never,
        }
    }
}
