//! What can go wrong between the SOC and this program.

use crate::wire::words::words;
use access::denied::Denied;
use access::error::AccessError;
use kernel::error::{Classified, ErrorKind, Retry};
use kernel::text::LangText;
use policy::action::Action;
use policy::error::PolicyError;
use ports::error::PortError;
use uuid::Uuid;

/// The one error of this crate.
#[derive(Debug, thiserror::Error)]
pub enum SecurityError {
    /// The policies do not allow it.
    #[error(transparent)]
    Denied(Box<Denied>),
    /// There is nothing such, or not for this actor: deliberately one text for both.
    #[error("there is no such {0} here that you may see")]
    NotFound(&'static str),
    /// A value that a person or the SOC gave.
    #[error("{field}: {what}")]
    Invalid {
        /// Which field.
        field: &'static str,
        /// What was found and what is allowed.
        what: String,
    },
    /// The same Idempotency-Key came with another body.
    #[error("this Idempotency-Key was used before with another body; use a new key for a new action")]
    KeyReused,
    /// Another measure upon the same target has not ended.
    #[error("{target} is under action {measure} already; take that one back first, or leave it in force")]
    Held {
        /// Upon what.
        target: String,
        /// The measure that holds it.
        measure: Uuid,
    },
    /// The state does not allow it; a key of the texts says why.
    #[error("{}", words(.0, &[]).en)]
    WrongState(&'static str),
    /// The caller has judged another version than the newest.
    #[error("the {what} is at version {found} ({state}), not {expected}; read it again and decide anew")]
    Changed {
        /// What.
        what: &'static str,
        /// How it stands now: the state of a vulnerability, the last finding of an object.
        state: &'static str,
        /// The newest version.
        found: u64,
        /// The version that the caller named.
        expected: u64,
    },
    /// It is written down, and could not be carried out yet.
    #[error("the action {measure} is written down and not in force yet ({why}); it is tried again every 10 seconds")]
    NotYet {
        /// Which.
        measure: Uuid,
        /// What stood in the way.
        why: String,
    },
    /// The report is older than what is known.
    #[error("incident {id} was told as of {known} already, this report is of {told}; send the newest one")]
    Older {
        /// The SOC's own id.
        id: String,
        /// The time of the newest report.
        known: String,
        /// The time of this one.
        told: String,
    },
    /// A stored form that this build cannot read.
    #[error("stored {what} {key} cannot be read: {why}")]
    Unreadable {
        /// What kind of thing.
        what: &'static str,
        /// Which.
        key: String,
        /// Why.
        why: String,
    },
    /// Accounts, sessions, tokens.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// The rules themselves.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// Storage.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl SecurityError {
    /// A value that does not fit.
    pub fn invalid(field: &'static str, what: impl Into<String>) -> Self {
        let what = what.into();
        Self::Invalid { field, what }
    }

    /// A bound of this crate that the actor crosses; `rule` is a key of the texts.
    pub fn denied(action: Action, rule: &str) -> Self {
        let LangText { vi, en } = words(rule, &[("action", action.code())]);
        Self::Denied(Box::new(Denied::because(action, rule, &vi, &en)))
    }

    /// What people read of it beside the title, in both languages.
    pub fn text(&self) -> Option<LangText> {
        let text = match self {
            Self::WrongState(key) => words(key, &[]),
            Self::Held { target, measure } => words("held", &[("target", target), ("action", &measure.to_string())]),
            Self::NotYet { measure, .. } => words("not_yet", &[("action", &measure.to_string())]),
            Self::Changed {
                state, found, expected, ..
            } => {
                let (found, expected) = (found.to_string(), expected.to_string());
                let state = words(&format!("state_{state}"), &[]);
                let of = |state: &str| {
                    words(
                        "changed",
                        &[("state", state), ("found", &found), ("expected", &expected)],
                    )
                };
                LangText::new(of(&state.vi).vi, of(&state.en).en)
            }
            _ => return None,
        };
        Some(text)
    }
}

impl From<SecurityError> for PortError {
    /// For consumers, which answer in the words of the ports.
    fn from(error: SecurityError) -> Self {
        match error {
            SecurityError::Port(error) => error,
            SecurityError::Unreadable { .. } => Self::Corrupt(error.to_string()),
            other => Self::Misuse(other.to_string()),
        }
    }
}

impl Classified for SecurityError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Denied(_) => ErrorKind::Denied,
            Self::NotFound(_) => ErrorKind::NotFound,
            Self::Invalid { .. } | Self::KeyReused => ErrorKind::Invalid,
            Self::Held { .. } | Self::WrongState(_) | Self::Changed { .. } | Self::Older { .. } => ErrorKind::Conflict,
            Self::NotYet { .. } => ErrorKind::Unavailable,
            Self::Unreadable { .. } => ErrorKind::Corrupt,
            Self::Access(error) => error.kind(),
            Self::Policy(error) => error.kind(),
            Self::Port(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Denied(_) => "denied",
            Self::NotFound(_) => "not_found",
            Self::Invalid { .. } => "invalid_value",
            Self::KeyReused => "idempotency_key_reused",
            Self::Held { .. } => "action_in_force",
            Self::WrongState(_) => "wrong_state",
            Self::Changed { .. } => "changed_meanwhile",
            Self::NotYet { .. } => "action_not_yet",
            Self::Older { .. } => "report_older",
            Self::Unreadable { .. } => "storage_corrupt",
            Self::Access(error) => error.code(),
            Self::Policy(error) => error.code(),
            Self::Port(error) => error.code(),
        }
    }

    fn retry(&self) -> Retry {
        match self {
            Self::Access(error) => error.retry(),
            Self::Port(error) => error.retry(),
            Self::NotYet { .. } => Retry::AfterSeconds(10),
            Self::WrongState(_) | Self::Changed { .. } => Retry::AfterReload,
            _ => Retry::Never,
        }
    }
}
