//! What can go wrong behind a port.

use kernel::error::{Classified, ErrorKind};

/// The one error of all ports.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum PortError {
    /// A document is not at the version that the transaction expected.
    #[error("{collection}/{key} is at version {found}, not {expected}; load it again and decide anew")]
    Conflict {
        /// Collection of the document.
        collection: String,
        /// Key of the document.
        key: String,
        /// What the transaction expected; 0 stands for "absent".
        expected: u64,
        /// What is stored; 0 stands for "absent".
        found: u64,
    },
    /// The disk, a queue or a quota is full. Nothing was stored; it is worth trying again later.
    #[error("storage is full: {0}")]
    Full(String),
    /// The engine has stopped or cannot be reached.
    #[error("storage does not answer: {0}")]
    Unavailable(String),
    /// Stored bytes are not what was written.
    #[error("stored data is damaged: {0}")]
    Corrupt(String),
    /// The caller broke the port's rules, such as an index that was not declared.
    #[error("wrong use of storage: {0}")]
    Misuse(String),
}

impl Classified for PortError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Conflict { .. } => ErrorKind::Conflict,
            Self::Full(_) => ErrorKind::Exhausted,
            Self::Unavailable(_) => ErrorKind::Unavailable,
            Self::Corrupt(_) => ErrorKind::Corrupt,
            Self::Misuse(_) => ErrorKind::Bug,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Conflict { .. } => "changed_meanwhile",
            Self::Full(_) => "storage_full",
            Self::Unavailable(_) => "storage_unavailable",
            Self::Corrupt(_) => "storage_corrupt",
            Self::Misuse(_) => "internal",
        }
    }
}

/// What every port answers.
pub type Result<T> = std::result::Result<T, PortError>;
