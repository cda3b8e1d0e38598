//! What can go wrong with alerts.

use kernel::actor::ActorId;
use kernel::error::{Classified, ErrorKind, Retry};
use kernel::time::Timestamp;
use ports::error::PortError;

/// The one error of this crate.
#[derive(Debug, thiserror::Error)]
pub enum AlertError {
    /// The actor has none of the roles that this takes.
    #[error("this takes one of the roles {0}; ask an administrator if it is part of your duty")]
    Denied(String),
    /// There is no such alert, or not for this actor: deliberately one text for both.
    #[error("there is no alert here with this id that you may see")]
    NotFound,
    /// A value that a person gave.
    #[error("{field}: {what}")]
    Invalid {
        /// Which field.
        field: &'static str,
        /// What was found and what is allowed.
        what: String,
    },
    /// The act does not fit the state of the alert.
    #[error("the alert is {state}{}; {advice}", witnessed(.by, .at))]
    WrongState {
        /// The present state.
        state: &'static str,
        /// Who brought it there.
        by: Option<ActorId>,
        /// And when.
        at: Option<Timestamp>,
        /// What to do instead.
        advice: &'static str,
    },
    /// The caller has judged another version than the newest.
    #[error("the alert is at version {found} ({state}), not {expected}; read it again and decide anew")]
    Changed {
        /// The version that the caller named.
        expected: u64,
        /// The newest version.
        found: u64,
        /// Its state.
        state: &'static str,
    },
    /// A stored alert that this build cannot read.
    #[error("stored alert {key} cannot be read: {why}")]
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

fn witnessed(by: &Option<ActorId>, at: &Option<Timestamp>) -> String {
    match (by, at) {
        (Some(by), Some(at)) => format!(" since {at} by {by}"),
        _ => String::new(),
    }
}

impl Classified for AlertError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Denied(_) => ErrorKind::Denied,
            Self::NotFound => ErrorKind::NotFound,
            Self::Invalid { .. } => ErrorKind::Invalid,
            Self::WrongState { .. } | Self::Changed { .. } => ErrorKind::Conflict,
            Self::Unreadable { .. } => ErrorKind::Corrupt,
            Self::Port(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Denied(_) => "denied",
            Self::NotFound => "not_found",
            Self::Invalid { .. } => "invalid_value",
            Self::WrongState { .. } => "wrong_state",
            Self::Changed { .. } => "changed_meanwhile",
            Self::Unreadable { .. } => "storage_corrupt",
            Self::Port(error) => error.code(),
        }
    }

    fn retry(&self) -> Retry {
        match self {
            Self::Port(error) => error.retry(),
            Self::WrongState { .. } | Self::Changed { .. } => Retry::AfterReload,
            _ => Retry::Never,
        }
    }
}

impl From<AlertError> for PortError {
    /// For consumers, which answer in the words of the ports.
    fn from(error: AlertError) -> Self {
        match error {
            AlertError::Port(error) => error,
            AlertError::Unreadable { .. } => Self::Corrupt(error.to_string()),
            other => Self::Misuse(other.to_string()),
        }
    }
}
