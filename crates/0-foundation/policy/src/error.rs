//! What can be wrong with the rules themselves, and the refusal of an act.

use crate::action::Action;
use kernel::error::{Classified, ErrorKind};

/// A mistake in the files of `rules/`, or a question that Cedar cannot take.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// A file cannot be read.
    #[error("{file}: {what}")]
    File {
        /// Which file of `rules/`.
        file: &'static str,
        /// What is wrong and what to write.
        what: String,
    },
    /// Cedar cannot judge the question.
    #[error("the policy engine cannot judge '{action}': {what}")]
    Question {
        /// The action.
        action: &'static str,
        /// Why not.
        what: String,
    },
}

impl Classified for PolicyError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Bug
    }

    fn code(&self) -> &'static str {
        "internal"
    }
}

/// An act that is not allowed; what the slices turn into their own `Denied`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// No role of the actor permits the action.
    #[error("to do '{action}' takes one of the roles {}; ask GET /api/v1/access/explain?action={action} for more", .roles.join(", "))]
    Role {
        /// The action.
        action: Action,
        /// Roles that may.
        roles: Vec<String>,
    },
    /// The thing lies outside of what the actor may reach.
    #[error("'{action}' is refused: this lies outside of your organisation, area, classification or purpose")]
    Scope {
        /// The action.
        action: Action,
    },
}

impl Refused {
    /// The roles that may, with commas between them.
    pub fn roles(&self) -> String {
        match self {
            Self::Role { roles, .. } => roles.join(", "),
            Self::Scope { .. } => String::new(),
        }
    }
}

impl Classified for Refused {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Denied
    }

    fn code(&self) -> &'static str {
        "denied"
    }
}
