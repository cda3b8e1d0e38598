//! Please keep this. The answer exists only when everything is durable.

use async_trait::async_trait;
use kernel::error::{Classified, ErrorKind, Retry};
use kernel::submission::{Receipt, Submission};
use std::time::Duration;

/// How long a driver waits for a receipt before it tells its sender that nobody knows: a disk may hang.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Why a whole submission was not taken. Single bad items are no error: they are listed in the receipt.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IntakeError {
    /// The disk is full; nothing was stored.
    #[error("the log is full; nothing of this request was stored, send it again later")]
    Full,
    /// More is waiting than the intake queue holds; nothing was stored.
    #[error("too much is waiting to be stored; nothing of this request was stored, send it again")]
    Busy,
    /// Storage does not answer, or the program is stopping.
    #[error("storage does not answer; it is unknown whether this request was stored, send it again")]
    Unavailable,
    /// The same Idempotency-Key came before with another body.
    #[error("this Idempotency-Key was used before with another body; use a new key for new data")]
    KeyReused,
}

impl Classified for IntakeError {
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

/// Takes payloads of verified senders.
#[async_trait]
pub trait Intake: Send + Sync {
    /// Resolves when everything is durable: rows in the log, bad items in quarantine (SEMANTICS 22). It takes as long as
    /// storage does; the driver bounds that by [`PATIENCE`].
    async fn accept(&self, submission: &Submission) -> Result<Receipt, IntakeError>;
}
