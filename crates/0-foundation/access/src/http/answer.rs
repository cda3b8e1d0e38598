//! How answers of this crate look.

use crate::error::AccessError;
use chassis::problem::Problem;

pub(super) fn problem(error: AccessError) -> Problem {
    Problem::of(&error)
}

/// An id in a path. What cannot be an id is nothing either.
pub(super) fn id(text: &str, what: &'static str) -> Result<uuid::Uuid, Problem> {
    text.parse().map_err(|_| problem(AccessError::NotFound(what)))
}
