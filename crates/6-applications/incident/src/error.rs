//! What can go wrong with incidents.

use alert::error::AlertError;
use kernel::actor::ActorId;
use kernel::area::AreaCode;
use kernel::error::{Classified, ErrorKind, Retry};
use kernel::id::{AlertId, IncidentId};
use kernel::time::Timestamp;
use ports::error::PortError;

/// The one error of this crate.
#[derive(Debug, thiserror::Error)]
pub enum IncidentError {
    /// The actor has none of the roles that this takes.
    #[error("this takes one of the roles {0}; ask an administrator if it is part of your duty")]
    Denied(String),
    /// An area in which the actor may not act.
    #[error("area {0} is not among those in which you may act; leave it out or ask who is responsible there")]
    ForeignArea(AreaCode),
    /// Something without areas concerns the whole city, which the actor does not see.
    #[error("without areas this would concern the whole city, which you do not see; name the areas")]
    WholeCity,
    /// There is no such incident, or not for this actor: deliberately one text for both.
    #[error("there is no incident here with this id that you may see")]
    NotFound,
    /// A value that a person gave.
    #[error("{field}: {what}")]
    Invalid {
        /// Which field.
        field: &'static str,
        /// What was found and what is allowed.
        what: String,
    },
    /// The act does not fit the state of the incident.
    #[error("the incident is {state} since {at} by {by}; {advice}")]
    WrongState {
        /// The present state.
        state: &'static str,
        /// Who brought it there.
        by: ActorId,
        /// And when.
        at: Timestamp,
        /// What to do instead.
        advice: &'static str,
    },
    /// An alert belongs to another incident that is not closed.
    #[error("alert {alert} belongs to another open incident already{}; go on there", named(.number))]
    LinkedElsewhere {
        /// Which alert.
        alert: AlertId,
        /// The incident, if the actor may see it.
        incident: Option<IncidentId>,
        /// Its number.
        number: Option<String>,
    },
    /// The caller has judged another version than the newest.
    #[error("the incident is at version {found} ({state}), not {expected}; read it again and decide anew")]
    Changed {
        /// The version that the caller named.
        expected: u64,
        /// The newest version.
        found: u64,
        /// Its state.
        state: &'static str,
    },
    /// The same Idempotency-Key came with something else.
    #[error("this Idempotency-Key has opened incident {0} from another request; use a new key")]
    KeyReused(String),
    /// A stored incident that this build cannot read.
    #[error("stored incident {key} cannot be read: {why}")]
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

fn named(number: &Option<String>) -> String {
    number.as_ref().map_or_else(String::new, |number| format!(", {number}"))
}

impl Classified for IncidentError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Denied(_) | Self::ForeignArea(_) | Self::WholeCity => ErrorKind::Denied,
            Self::NotFound => ErrorKind::NotFound,
            Self::Invalid { .. } | Self::KeyReused(_) => ErrorKind::Invalid,
            Self::WrongState { .. } | Self::LinkedElsewhere { .. } | Self::Changed { .. } => ErrorKind::Conflict,
            Self::Unreadable { .. } => ErrorKind::Corrupt,
            Self::Port(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Denied(_) | Self::ForeignArea(_) | Self::WholeCity => "denied",
            Self::NotFound => "not_found",
            Self::Invalid { .. } => "invalid_value",
            Self::WrongState { .. } => "wrong_state",
            Self::LinkedElsewhere { .. } => "linked_elsewhere",
            Self::Changed { .. } => "changed_meanwhile",
            Self::KeyReused(_) => "idempotency_key_reused",
            Self::Unreadable { .. } => "storage_corrupt",
            Self::Port(error) => error.code(),
        }
    }

    fn retry(&self) -> Retry {
        match self {
            Self::Port(error) => error.retry(),
            Self::WrongState { .. } | Self::Changed { .. } | Self::LinkedElsewhere { .. } => Retry::AfterReload,
            _ => Retry::Never,
        }
    }
}

impl From<AlertError> for IncidentError {
    /// For alerts that somebody names: one that is not there, or not for this actor, is a wrong value of the request.
    fn from(error: AlertError) -> Self {
        match error {
            AlertError::Port(error) => Self::Port(error),
            AlertError::Denied(roles) => Self::Denied(roles),
            AlertError::Unreadable { key, why } => Self::Unreadable { key, why },
            other => Self::Invalid {
                field: "alerts",
                what: other.to_string(),
            },
        }
    }
}

impl From<IncidentError> for PortError {
    /// For consumers, which answer in the words of the ports.
    fn from(error: IncidentError) -> Self {
        match error {
            IncidentError::Port(error) => error,
            IncidentError::Unreadable { .. } => Self::Corrupt(error.to_string()),
            other => Self::Misuse(other.to_string()),
        }
    }
}
