//! What can go wrong with the history of settings.

use kernel::error::{Classified, ErrorKind, Retry};
use ports::error::PortError;

/// The one error of this crate.
#[derive(Debug, thiserror::Error)]
pub enum SettingError {
    /// No role of the actor permits it.
    #[error("settings are read by one of the roles {0}; ask an administrator if it is part of your duty")]
    Denied(String),
    /// A parameter does not fit.
    #[error("{0}")]
    Invalid(String),
    /// Something is stored that this build cannot read.
    #[error("stored settings '{key}' cannot be read: {why}")]
    Unreadable {
        /// Which.
        key: String,
        /// Why.
        why: String,
    },
    /// Storage.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl Classified for SettingError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Denied(_) => ErrorKind::Denied,
            Self::Invalid(_) => ErrorKind::Invalid,
            Self::Unreadable { .. } => ErrorKind::Corrupt,
            Self::Port(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Denied(_) => "denied",
            Self::Invalid(_) => "invalid_value",
            Self::Unreadable { .. } => "storage_corrupt",
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
