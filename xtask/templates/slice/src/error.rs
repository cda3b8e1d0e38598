//! What can go wrong in this slice.

use crate::model::Witness;
use kernel::error::{Classified, ErrorKind, Retry};
use ports::error::PortError;

/// The one error of this crate.
#[derive(Debug, thiserror::Error)]
pub enum __Name__Error {
    /// The actor has none of the roles that this takes.
    #[error("this takes one of the roles {0}; ask an administrator if it is part of your duty")]
    Denied(String),
    /// It does not exist, or not for this actor: deliberately one text for both.
    #[error("there is no __name__ here with this id that you may see")]
    NotFound,
    /// A value that a person gave.
    #[error("{field}: {what}")]
    Invalid {
        /// Which field.
        field: &'static str,
        /// What was found and what is allowed.
        what: String,
    },
    /// It is over.
    #[error("it is closed since {} by {}; open another one", .0.at, .0.by)]
    Closed(Witness),
    /// Something is stored that this build cannot read.
    #[error("stored __name__ {key} cannot be read: {why}")]
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

impl Classified for __Name__Error {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Denied(_) => ErrorKind::Denied,
            Self::NotFound => ErrorKind::NotFound,
            Self::Invalid { .. } => ErrorKind::Invalid,
            Self::Closed(_) => ErrorKind::Conflict,
            Self::Unreadable { .. } => ErrorKind::Corrupt,
            Self::Port(error) => error.kind(),
        }
    }

    // A new code needs a text in both languages: chassis/resources/problems.toml.
    fn code(&self) -> &'static str {
        match self {
            Self::Denied(_) => "denied",
            Self::NotFound => "not_found",
            Self::Invalid { .. } => "invalid_value",
            Self::Closed(_) => "wrong_state",
            Self::Unreadable { .. } => "storage_corrupt",
            Self::Port(error) => error.code(),
        }
    }

    fn retry(&self) -> Retry {
        match self {
            Self::Port(error) => error.retry(),
            Self::Closed(_) => Retry::AfterReload,
            _ => Retry::Never,
        }
    }
}
