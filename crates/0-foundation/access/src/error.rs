//! What can go wrong with accounts and sessions.

use kernel::error::{Classified, ErrorKind, Retry};
use ports::error::PortError;

/// The one error of this crate.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    /// Unknown account, wrong password, or locked: deliberately one text for all.
    #[error("the account or the password is wrong, or the account rests after {} wrong tries for {} minutes",
        crate::model::MAX_FAILURES, crate::model::LOCK_S / 60)]
    SignInFailed,
    /// The new password is too weak.
    #[error("{0}")]
    PasswordUnfit(&'static str),
    /// More sign-ins are being checked than this machine can do at once.
    #[error("too many sign-ins are being checked; try again in a second")]
    Busy,
    /// A name or a role does not fit.
    #[error("{0}")]
    Invalid(String),
    /// Something is stored that this build cannot read.
    #[error("stored {0} '{1}' cannot be read: {2}")]
    Unreadable(&'static str, String, String),
    /// Storage.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl Classified for AccessError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::SignInFailed => ErrorKind::Denied,
            Self::PasswordUnfit(_) | Self::Invalid(_) => ErrorKind::Invalid,
            Self::Busy => ErrorKind::Exhausted,
            Self::Unreadable(..) => ErrorKind::Corrupt,
            Self::Port(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::SignInFailed => "sign_in_failed",
            Self::PasswordUnfit(_) => "password_unfit",
            Self::Invalid(_) => "invalid_value",
            Self::Busy => "too_many_requests",
            Self::Unreadable(..) => "storage_corrupt",
            Self::Port(error) => error.code(),
        }
    }

    fn retry(&self) -> Retry {
        match self {
            Self::Port(error) => error.retry(),
            Self::Busy => Retry::AfterSeconds(1),
            _ => Retry::Never,
        }
    }
}
