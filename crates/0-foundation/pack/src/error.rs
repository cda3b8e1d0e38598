//! What can go wrong with items of a pack.

use crate::model::name::Name;
use chassis::yaml::Mistake;
use kernel::error::{Classified, ErrorKind, Retry};
use ports::error::PortError;

/// The one error of this crate.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// The actor has none of the roles that this takes.
    #[error("this takes one of the roles {0}; ask an administrator if it is part of your duty")]
    Denied(String),
    /// The actor belongs to another tenant.
    #[error("this city pack belongs to another tenant; sign in there")]
    Foreign,
    /// There is nothing of this name.
    #[error("the city pack has no {0}; GET /api/v1/pack lists what there is")]
    NotFound(String),
    /// The texts do not do; nothing was changed.
    #[error("nothing was changed; mend {count} first: {first}", count = count(.0), first = first(.0))]
    Unfit(Vec<Mistake>),
    /// A value that a person gave.
    #[error("{field}: {what}")]
    Invalid {
        /// Which field.
        field: &'static str,
        /// What was found and what is allowed.
        what: String,
    },
    /// The caller has judged another version than the newest.
    #[error("{name} is at version {found}, not {expected}; read it again and decide anew")]
    Changed {
        /// Which item.
        name: Name,
        /// The version that the caller named.
        expected: u32,
        /// The newest version.
        found: u32,
    },
    /// The act does not fit how the item stands.
    #[error("{name} {what}; {advice}")]
    WrongState {
        /// Which item.
        name: Name,
        /// How it stands.
        what: &'static str,
        /// What to do instead.
        advice: &'static str,
    },
    /// Something is stored that this build cannot read.
    #[error("stored pack item '{key}' cannot be read: {why}")]
    Unreadable {
        /// Which.
        key: String,
        /// Why.
        why: String,
    },
    /// The work was lost.
    #[error("the pack was not judged to the end: {0}")]
    Lost(String),
    /// Storage.
    #[error(transparent)]
    Port(#[from] PortError),
}

fn count(mistakes: &[Mistake]) -> String {
    match mistakes.len() {
        1 => "one mistake".to_owned(),
        many => format!("{many} mistakes"),
    }
}

fn first(mistakes: &[Mistake]) -> String {
    mistakes.first().map(ToString::to_string).unwrap_or_default()
}

impl Classified for PackError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Denied(_) | Self::Foreign => ErrorKind::Denied,
            Self::NotFound(_) => ErrorKind::NotFound,
            Self::Unfit(_) | Self::Invalid { .. } => ErrorKind::Invalid,
            Self::Changed { .. } | Self::WrongState { .. } => ErrorKind::Conflict,
            Self::Unreadable { .. } => ErrorKind::Corrupt,
            Self::Lost(_) => ErrorKind::Bug,
            Self::Port(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Denied(_) | Self::Foreign => "denied",
            Self::NotFound(_) => "not_found",
            Self::Unfit(_) => "pack_unfit",
            Self::Invalid { .. } => "invalid_value",
            Self::Changed { .. } => "changed_meanwhile",
            Self::WrongState { .. } => "wrong_state",
            Self::Unreadable { .. } => "storage_corrupt",
            Self::Lost(_) => "internal",
            Self::Port(error) => error.code(),
        }
    }

    fn retry(&self) -> Retry {
        match self {
            Self::Changed { .. } => Retry::AfterReload,
            Self::Port(error) => error.retry(),
            _ => Retry::Never,
        }
    }
}
