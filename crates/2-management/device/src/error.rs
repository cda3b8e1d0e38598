//! What can go wrong with devices.

use kernel::error::{Classified, ErrorKind, Retry};
use kernel::id::DeviceId;
use ports::error::PortError;

/// The one error of this crate.
#[derive(Debug, thiserror::Error)]
pub enum DeviceError {
    /// A value does not fit.
    #[error("{field}: {what}")]
    Invalid {
        /// Which field.
        field: &'static str,
        /// What was found, what is allowed.
        what: String,
    },
    /// The name is taken.
    #[error("device {0} is registered already; change it, or choose another id")]
    Exists(DeviceId),
    /// No such device, or not for this actor.
    #[error("there is no device '{0}' here that you may see")]
    NotFound(String),
    /// The actor lacks the role.
    #[error("only an administrator may {0}")]
    Denied(&'static str),
    /// The actor could not see the device that it wants to register.
    #[error("device {0} would lie outside the areas or above the classification that you may see")]
    OutOfScope(DeviceId),
    /// A stored device cannot be read.
    #[error("stored device '{0}' cannot be read: {1}")]
    Unreadable(String, String),
    /// Making a key or a certificate failed.
    #[error("a certificate cannot be made: {0}")]
    Certificate(String),
    /// Storage.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl Classified for DeviceError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Invalid { .. } => ErrorKind::Invalid,
            Self::Exists(_) => ErrorKind::Conflict,
            Self::NotFound(_) => ErrorKind::NotFound,
            Self::Denied(_) | Self::OutOfScope(_) => ErrorKind::Denied,
            Self::Unreadable(..) => ErrorKind::Corrupt,
            Self::Certificate(_) => ErrorKind::Bug,
            Self::Port(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Invalid { .. } => "invalid_value",
            Self::Exists(_) => "exists_already",
            Self::NotFound(_) => "not_found",
            Self::Denied(_) | Self::OutOfScope(_) => "denied",
            Self::Unreadable(..) => "storage_corrupt",
            Self::Certificate(_) => "internal",
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
