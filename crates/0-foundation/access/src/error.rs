//! What can go wrong with accounts and sessions.

use crate::denied::Denied;
use crate::oidc::turned::Turned;
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
    /// Too many wrong sign-ins from one address, whatever the accounts were.
    #[error("too many sign-ins failed from this address; wait a minute")]
    TooManyFailures,
    /// A name or a role does not fit.
    #[error("{0}")]
    Invalid(String),
    /// The password is right, and the account asks for a code as well.
    #[error(
        "this account asks for a second factor; send the code of the authenticator app, or a recovery code, as 'code'"
    )]
    SecondFactorNeeded,
    /// A one-time code that does not fit.
    #[error("the code does not fit, or was used already; wait for the next one")]
    CodeUnfit,
    /// The policies do not allow it.
    #[error(transparent)]
    Denied(#[from] Box<Denied>),
    /// Wrong passwords or codes were shown for an account whose session asks.
    #[error("too many wrong passwords or codes; the account rests for {} minutes, then try again", crate::model::LOCK_S / 60)]
    Rests,
    /// Signing in at another provider came to nothing.
    #[error(transparent)]
    Turned(#[from] Turned),
    /// What is not there, or lies out of reach.
    #[error("there is no such {0} here that you may see")]
    NotFound(&'static str),
    /// The name is taken.
    #[error("this account exists already; choose another name")]
    Exists,
    /// The present state does not allow it.
    #[error("{0}")]
    WrongState(&'static str),
    /// The rules themselves.
    #[error(transparent)]
    Policy(#[from] policy::error::PolicyError),
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
            Self::SignInFailed | Self::SecondFactorNeeded | Self::Denied(_) => ErrorKind::Denied,
            Self::Turned(turned) => turned.kind(),
            Self::PasswordUnfit(_) | Self::Invalid(_) | Self::CodeUnfit => ErrorKind::Invalid,
            Self::NotFound(_) => ErrorKind::NotFound,
            Self::Exists | Self::WrongState(_) => ErrorKind::Conflict,
            Self::Policy(error) => error.kind(),
            Self::Busy | Self::TooManyFailures | Self::Rests => ErrorKind::Exhausted,
            Self::Unreadable(..) => ErrorKind::Corrupt,
            Self::Port(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::SignInFailed => "sign_in_failed",
            Self::PasswordUnfit(_) => "password_unfit",
            Self::Invalid(_) => "invalid_value",
            Self::SecondFactorNeeded => "second_factor_needed",
            Self::CodeUnfit => "code_unfit",
            Self::Denied(_) => "denied",
            Self::NotFound(_) => "not_found",
            Self::Exists => "exists_already",
            Self::WrongState(_) => "wrong_state",
            Self::Policy(error) => error.code(),
            Self::Busy | Self::TooManyFailures | Self::Rests => "too_many_requests",
            Self::Turned(turned) => turned.code(),
            Self::Unreadable(..) => "storage_corrupt",
            Self::Port(error) => error.code(),
        }
    }

    fn retry(&self) -> Retry {
        match self {
            Self::Port(error) => error.retry(),
            Self::Busy => Retry::AfterSeconds(1),
            Self::TooManyFailures => Retry::AfterSeconds(60),
            Self::Rests => Retry::AfterSeconds(crate::model::LOCK_S as u32),
            Self::Turned(turned) => turned.retry(),
            _ => Retry::Never,
        }
    }
}
