//! Why an item of quarantine is not sent again.

use crate::error::{IntakeFailure, ObservationError};
use kernel::actor::ActorId;
use kernel::error::{Classified, ErrorKind, Retry};
use kernel::time::Timestamp;

/// The error of replays.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The actor has none of the roles that this takes.
    #[error("this takes one of the roles administrator, duty_officer; ask an administrator if it is part of your duty")]
    Denied,
    /// There is no such item.
    #[error("there is no item of quarantine with this id; it may have left meanwhile: load the list again")]
    NotFound,
    /// It was sent again before, and taken.
    #[error(
        "{by} sent this item again at {at} and it was taken; see what came of it in the list, nothing is left to do"
    )]
    Already {
        /// When.
        at: Timestamp,
        /// Who.
        by: ActorId,
    },
    /// Somebody else is at it.
    #[error("somebody is sending this item again right now; load it again in a moment and see what came of it")]
    UnderWay,
    /// Not all of what came was kept.
    #[error("only a part of this item was kept; send its content mended, or have the sender send it once more")]
    NotWhole,
    /// No decoder could read it, and none can now.
    #[error("this item cannot be read as it came ({0}); send its content mended")]
    Unreadable(String),
    /// The sender is not registered any more.
    #[error("no device '{0}' is registered, and nobody else may speak as it; register it, then send the item again")]
    SenderGone(String),
    /// The sender is blocked.
    #[error("device {0} has sent this item and is blocked; let it speak again first, then send the item again")]
    SenderBlocked(String),
    /// The mended content as a whole cannot be read.
    #[error("payload: {0}")]
    Malformed(String),
    /// The mended content is too long.
    #[error("payload: it has {found} {what}, at most {most} are taken; send the rest as the device does")]
    TooLarge {
        /// Of what there are too many.
        what: &'static str,
        /// How many there are.
        found: usize,
        /// How many there may be.
        most: usize,
    },
    /// The rows could not be stored.
    #[error(transparent)]
    Intake(#[from] IntakeFailure),
    /// The item could not be read or marked.
    #[error(transparent)]
    Store(#[from] ObservationError),
}

impl Classified for ReplayError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Denied => ErrorKind::Denied,
            Self::NotFound => ErrorKind::NotFound,
            Self::Already { .. }
            | Self::UnderWay
            | Self::NotWhole
            | Self::Unreadable(_)
            | Self::SenderGone(_)
            | Self::SenderBlocked(_) => ErrorKind::Conflict,
            Self::Malformed(_) | Self::TooLarge { .. } => ErrorKind::Invalid,
            Self::Intake(error) => error.kind(),
            Self::Store(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Denied => "denied",
            Self::NotFound => "not_found",
            Self::Already { .. } => "already_replayed",
            Self::UnderWay => "replay_under_way",
            Self::NotWhole => "content_not_whole",
            Self::Unreadable(_) => "content_unreadable",
            Self::SenderGone(_) => "sender_gone",
            Self::SenderBlocked(_) => "device_blocked",
            Self::Malformed(_) => "malformed",
            Self::TooLarge { .. } => "too_large",
            Self::Intake(error) => error.code(),
            Self::Store(error) => error.code(),
        }
    }

    fn retry(&self) -> Retry {
        match self {
            Self::UnderWay => Retry::AfterSeconds(1),
            Self::Intake(error) => error.retry(),
            Self::Store(error) => error.retry(),
            _ => Retry::Never,
        }
    }
}
