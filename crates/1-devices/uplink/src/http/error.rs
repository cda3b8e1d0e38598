//! Why a request of ingest is not answered with a receipt.

use crate::decode::{Format, Precision};
use crate::error::DecodeError;
use driver::gatekeeper::Refusal;
use driver::intake::IntakeError;
use kernel::error::{Classified, ErrorKind, Retry};
use kernel::submission::Receipt;

/// The one error of ingest over HTTP.
#[derive(Clone, Debug, thiserror::Error)]
pub enum UplinkError {
    /// The sender is not let in.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The payload as a whole cannot be read.
    #[error("{0}; the payload is kept in quarantine")]
    Unreadable(#[from] DecodeError),
    /// The payload could be read, but it holds nothing.
    #[error(transparent)]
    Empty(DecodeError),
    /// The intake did not take it.
    #[error(transparent)]
    NotTaken(#[from] IntakeError),
    /// Every single item was kept aside.
    #[error("none of the {} items was taken; each is kept in quarantine", .0.rejected)]
    AllRejected(Box<Receipt>),
    /// A media type that no decoder reads.
    #[error("Content-Type '{0}' is not known; allowed: {allowed}", allowed = Format::MEDIA_TYPES.join(", "))]
    UnknownFormat(String),
    /// An encoding that cannot be undone.
    #[error("Content-Encoding '{0}' is not known; allowed: gzip, zstd, or none")]
    UnknownEncoding(String),
    /// The compressed body is damaged.
    #[error("the body is no valid {encoding}: {what}; the payload is kept in quarantine")]
    Damaged {
        /// The encoding that was announced.
        encoding: &'static str,
        /// What the decompressor said.
        what: String,
    },
    /// More bytes than allowed.
    #[error("the body has more than {limit} bytes {when}; send it in several parts")]
    TooLarge {
        /// The limit.
        limit: usize,
        /// As received, or after decompression.
        when: &'static str,
    },
    /// The body did not come in time.
    #[error("the body did not arrive within {0} s; send smaller parts")]
    TooSlow(u64),
    /// The connection broke in the middle of the body.
    #[error("the body ended early: {0}")]
    CutOff(String),
    /// An Idempotency-Key that cannot be one.
    #[error("Idempotency-Key must stand once and have 1 to 128 visible ASCII characters")]
    Key,
    /// An unknown unit of timestamps.
    #[error("precision '{0}' is not known; allowed: {allowed}", allowed = Precision::ALLOWED)]
    Precision(String),
    /// The decoder did not come back.
    #[error("the payload could not be decoded")]
    Internal,
}

impl Classified for UplinkError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Refused(error) => error.kind(),
            Self::Unreadable(error) | Self::Empty(error) => error.kind(),
            Self::NotTaken(error) => error.kind(),
            Self::Internal => ErrorKind::Bug,
            _ => ErrorKind::Invalid,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Refused(error) => error.code(),
            Self::Unreadable(error) | Self::Empty(error) => error.code(),
            Self::NotTaken(error) => error.code(),
            Self::AllRejected(_) => "all_items_rejected",
            Self::UnknownFormat(_) | Self::UnknownEncoding(_) => "unknown_format",
            Self::Damaged { .. } | Self::CutOff(_) => "malformed",
            Self::TooLarge { .. } => "too_large",
            Self::TooSlow(_) => "too_slow",
            Self::Key => "idempotency_key_invalid",
            Self::Precision(_) => "invalid_value",
            Self::Internal => "internal",
        }
    }

    fn retry(&self) -> Retry {
        match self {
            Self::Refused(error) => error.retry(),
            Self::NotTaken(error) => error.retry(),
            Self::TooSlow(_) => Retry::AfterSeconds(1),
            _ => Retry::Never,
        }
    }
}
