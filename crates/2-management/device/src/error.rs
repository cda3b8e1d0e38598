//! What can go wrong with devices.

use crate::model::command::Hindrance;
use driver::gatekeeper::Refusal;
use kernel::error::{Classified, ErrorKind, Retry};
use kernel::id::{CommandId, DeviceId};
use ports::error::PortError;

/// The one error of this crate.
#[derive(Debug, thiserror::Error)]
pub enum DeviceError {
    /// A value does not fit.
    #[error("{field}: {what}")]
    Invalid {
        /// Which field.
        field: &'static str,
        /// What was found, what is allowed.
        what: String,
    },
    /// The name is taken.
    #[error("device {0} is registered already; change it, or choose another id")]
    Exists(DeviceId),
    /// No such device, or not for this actor.
    #[error("there is no device '{0}' here that you may see")]
    NotFound(String),
    /// The actor has none of the roles that this takes.
    #[error("this takes one of the roles {0}; ask an administrator if it is part of your duty")]
    WrongRole(String),
    /// There is no such command, or not for this actor: deliberately one text for both.
    #[error("there is no command here with this id that you may see")]
    NoCommand,
    /// The command may not go to the device now.
    #[error("device {device} may not be told this now: {}", .why.text.en)]
    Hindered {
        /// The device.
        device: DeviceId,
        /// Why not.
        why: Hindrance,
    },
    /// Too many commands wait.
    #[error("{1} commands to device {0} wait for their end already; wait until one is settled")]
    TooManyCommands(DeviceId, usize),
    /// The same Idempotency-Key came with something else.
    #[error("this Idempotency-Key has given command {0} by another request; use a new key")]
    KeyReused(CommandId),
    /// The actor could not see the device that it wants to register.
    #[error("device {0} would lie outside the areas or above the classification that you may see")]
    OutOfScope(DeviceId),
    /// A stored device, certificate or invitation cannot be read.
    #[error("stored '{0}' of a device cannot be read: {1}")]
    Unreadable(String, String),
    /// The device has as many certificates as it may.
    #[error("device {0} has {1} certificates that count; revoke those that nobody uses")]
    TooManyCertificates(DeviceId, usize),
    /// The key that is asked for is known, and not as one of this device in good standing.
    #[error("this key was revoked or belongs to another device; make a new key and ask again")]
    KeyKnown,
    /// The enrolment code does not fit: wrong, used, too old or of another device; deliberately says no more.
    #[error(
        "the enrolment code does not fit this device, was used for another key, or is too old; ask an operator for a new one"
    )]
    CodeUnfit,
    /// Who asks was not let in.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Making a key or a certificate failed.
    #[error("a certificate cannot be made: {0}")]
    Certificate(String),
    /// Storage.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl Classified for DeviceError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Invalid { .. } | Self::KeyReused(_) => ErrorKind::Invalid,
            Self::Exists(_) | Self::Hindered { .. } | Self::TooManyCertificates(..) | Self::KeyKnown => {
                ErrorKind::Conflict
            }
            Self::NotFound(_) | Self::NoCommand => ErrorKind::NotFound,
            Self::OutOfScope(_) | Self::WrongRole(_) | Self::CodeUnfit => ErrorKind::Denied,
            Self::Refused(refusal) => refusal.kind(),
            Self::TooManyCommands(..) => ErrorKind::Exhausted,
            Self::Unreadable(..) => ErrorKind::Corrupt,
            Self::Certificate(_) => ErrorKind::Bug,
            Self::Port(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Invalid { .. } => "invalid_value",
            Self::Exists(_) => "exists_already",
            Self::NotFound(_) | Self::NoCommand => "not_found",
            Self::OutOfScope(_) | Self::WrongRole(_) => "denied",
            Self::Hindered { why, .. } if why.code == "interlock" => "interlock",
            Self::Hindered { why, .. } if why.code == "device_blocked" => "device_blocked",
            Self::Hindered { .. } => "command_unfit",
            Self::TooManyCommands(..) => "commands_waiting",
            Self::KeyReused(_) => "idempotency_key_reused",
            Self::TooManyCertificates(..) => "certificates_held",
            Self::KeyKnown => "certificate_key_known",
            Self::CodeUnfit => "enrolment_code_invalid",
            Self::Refused(refusal) => refusal.code(),
            Self::Unreadable(..) => "storage_corrupt",
            Self::Certificate(_) => "internal",
            Self::Port(error) => error.code(),
        }
    }

    fn retry(&self) -> Retry {
        match self {
            Self::Port(error) => error.retry(),
            Self::Refused(refusal) => refusal.retry(),
            Self::TooManyCommands(..) => Retry::AfterSeconds(5),
            _ => Retry::Never,
        }
    }
}

impl From<DeviceError> for PortError {
    /// For consumers, which answer in the words of the ports.
    fn from(error: DeviceError) -> Self {
        match error {
            DeviceError::Port(error) => error,
            DeviceError::Unreadable(..) => Self::Corrupt(error.to_string()),
            other => Self::Misuse(other.to_string()),
        }
    }
}
