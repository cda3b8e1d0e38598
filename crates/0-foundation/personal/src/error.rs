//! What can go wrong with personal fields. No text has a value in it.

use access::error::AccessError;
use kernel::error::{Classified, ErrorKind, Retry};
use ports::error::PortError;

/// The one error of this crate.
#[derive(Debug, thiserror::Error)]
pub enum PersonalError {
    /// A field does not fit.
    #[error("{0}")]
    Invalid(String),
    /// The policies do not allow it.
    #[error("details of people are for themselves and for administrators within whose reach they are")]
    Denied,
    /// Nothing is stored, or it was erased.
    #[error("no details of this person are stored here")]
    NotFound,
    /// Something is stored that does not open, or that this build cannot read.
    #[error("stored details of person {0} cannot be read: {1}")]
    Unreadable(String, String),
    /// The inventory inside the program.
    #[error("the inventory of personal data cannot be read: {0}")]
    Inventory(String),
    /// The account.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// Storage.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl Classified for PersonalError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Invalid(_) => ErrorKind::Invalid,
            Self::Denied => ErrorKind::Denied,
            Self::NotFound => ErrorKind::NotFound,
            Self::Unreadable(..) => ErrorKind::Corrupt,
            Self::Inventory(_) => ErrorKind::Bug,
            Self::Access(error) => error.kind(),
            Self::Port(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "invalid_value",
            Self::Denied => "denied",
            Self::NotFound => "not_found",
            Self::Unreadable(..) => "storage_corrupt",
            Self::Inventory(_) => "internal",
            Self::Access(error) => error.code(),
            Self::Port(error) => error.code(),
        }
    }

    fn retry(&self) -> Retry {
        match self {
            Self::Access(error) => error.retry(),
            Self::Port(error) => error.retry(),
            _ => Retry::Never,
        }
    }
}
