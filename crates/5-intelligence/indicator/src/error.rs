//! What can go wrong with standards and indicators.

use chassis::yaml::Mistake;
use kernel::error::{Classified, ErrorKind, Retry};
use ports::error::PortError;

/// The one error of this crate.
#[derive(Debug, thiserror::Error)]
pub enum IndicatorError {
    /// A file of the pack cannot be read as a standard or an indicator.
    #[error(transparent)]
    File(#[from] Mistake),
    /// Files that are right one by one do not fit together.
    #[error("{file}: {what}; {advice}")]
    Set {
        /// The file that asks for something.
        file: String,
        /// What is missing or doubled.
        what: String,
        /// What to do.
        advice: String,
    },
    /// The actor has none of the roles that this takes.
    #[error("this takes one of the roles {0}; ask an administrator if it is part of your duty")]
    Denied(String),
    /// A value that a person gave.
    #[error("{field}: {what}")]
    Invalid {
        /// Which field.
        field: &'static str,
        /// What was found and what is allowed.
        what: String,
    },
    /// No indicator of that name is loaded.
    #[error("the city pack has no indicator '{0}'; add indicators/{0}.yaml and its standard")]
    NoIndicator(String),
    /// No version of the standard counts at that time.
    #[error("no version of {standard} is in force on {day}; the pack lists {listed}")]
    NotInForce {
        /// Which standard.
        standard: String,
        /// Local day.
        day: String,
        /// Its editions with their days.
        listed: String,
    },
    /// What computed rows are handed to did not take them.
    #[error("computed values were not taken: {0}")]
    Refused(String),
    /// A stored document that this build cannot read.
    #[error("stored {key} cannot be read: {why}")]
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

impl Classified for IndicatorError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::File(_) | Self::Set { .. } | Self::Invalid { .. } => ErrorKind::Invalid,
            Self::Denied(_) => ErrorKind::Denied,
            Self::NoIndicator(_) | Self::NotInForce { .. } => ErrorKind::NotFound,
            Self::Refused(_) => ErrorKind::Unavailable,
            Self::Unreadable { .. } => ErrorKind::Corrupt,
            Self::Port(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::File(_) | Self::Set { .. } | Self::Invalid { .. } => "invalid_value",
            Self::Denied(_) => "denied",
            Self::NoIndicator(_) | Self::NotInForce { .. } => "not_found",
            Self::Refused(_) => "storage_unavailable",
            Self::Unreadable { .. } => "storage_corrupt",
            Self::Port(error) => error.code(),
        }
    }

    fn retry(&self) -> Retry {
        match self {
            Self::Port(error) => error.retry(),
            Self::Refused(_) => Retry::AfterSeconds(1),
            _ => Retry::Never,
        }
    }
}
