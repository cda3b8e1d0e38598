//! What can go wrong on the main road.

use kernel::error::{Classified, ErrorKind, Retry};
use ports::error::PortError;

/// Why a whole submission was not taken. The server turns it into the driver's own word for it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IntakeFailure {
    /// The disk is full; nothing was stored.
    #[error("the log is full; nothing of this request was stored, send it again later")]
    Full,
    /// More is waiting than the queue holds; nothing was stored.
    #[error("too much is waiting to be stored; nothing of this request was stored, send it again")]
    Busy,
    /// Storage does not answer, or the program is stopping.
    #[error("storage does not answer; it is unknown whether this request was stored, send it again")]
    Unavailable,
    /// The Idempotency-Key came before with another body.
    #[error("this Idempotency-Key was used before with another body; use a new key for new data")]
    KeyReused,
}

impl From<PortError> for IntakeFailure {
    fn from(error: PortError) -> Self {
        match error {
            PortError::Full(_) => Self::Full,
            _ => Self::Unavailable,
        }
    }
}

impl Classified for IntakeFailure {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Full | Self::Busy => ErrorKind::Exhausted,
            Self::Unavailable => ErrorKind::Unavailable,
            Self::KeyReused => ErrorKind::Invalid,
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::Full => "log_full",
            Self::Busy => "intake_busy",
            Self::Unavailable => "storage_unavailable",
            Self::KeyReused => "idempotency_key_reused",
        }
    }
    fn retry(&self) -> Retry {
        match self {
            Self::Full => Retry::AfterSeconds(10),
            Self::Busy | Self::Unavailable => Retry::AfterSeconds(1),
            Self::KeyReused => Retry::Never,
        }
    }
}

/// Errors of everything else in this crate.
#[derive(Debug, thiserror::Error)]
pub enum ObservationError {
    /// A snapshot, series record or block cannot be read.
    #[error("{what} cannot be read: {why}")]
    Unreadable {
        /// Which thing.
        what: String,
        /// Why.
        why: String,
    },
    /// A computed series would bear a name that the device already reports under.
    #[error("{device} already reports '{name}'; computed series need names that no profile binds")]
    NameTaken {
        /// The device.
        device: String,
        /// The name.
        name: String,
    },
    /// Storage.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl Classified for ObservationError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Unreadable { .. } => ErrorKind::Corrupt,
            Self::NameTaken { .. } => ErrorKind::Conflict,
            Self::Port(error) => error.kind(),
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "storage_corrupt",
            Self::NameTaken { .. } => "wrong_state",
            Self::Port(error) => error.code(),
        }
    }
    fn retry(&self) -> Retry {
        match self {
            Self::Unreadable { .. } | Self::NameTaken { .. } => Retry::Never,
            Self::Port(error) => error.retry(),
        }
    }
}
