//! How errors of this slice look.

use crate::error::SecurityError;
use chassis::problem::Problem;
use kernel::error::Classified;

/// The public form of an error, with what the SOC's automation needs to go on.
pub(super) fn problem(error: SecurityError) -> Problem {
    let problem = match &error {
        SecurityError::Access(error) => Problem::of(error as &dyn Classified),
        error => Problem::of(error as &dyn Classified),
    };
    match error {
        SecurityError::Invalid { field, .. } => problem.with("field", field),
        SecurityError::KeyReused => problem.with("field", "Idempotency-Key"),
        SecurityError::Held { target, measure } => problem.with("target", target).with("action", measure.to_string()),
        SecurityError::NotYet { measure, .. } => problem.with("action", measure.to_string()),
        SecurityError::Older { known, .. } => problem.with("known", known),
        _ => problem,
    }
}
