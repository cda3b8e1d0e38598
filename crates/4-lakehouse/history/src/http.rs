//! The routes of this slice; each group stands in a file of its own.

mod range;
mod sql;

use crate::query::error::QueryError;
use crate::service::History;
use crate::wire::LakeView;
use access::signed::Signed;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use chassis::problem::Problem;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// What the routes need.
#[derive(Clone, Debug)]
pub struct HistoryState {
    /// The past.
    pub history: History,
    /// Seconds by which local time is ahead of UTC, for buckets of whole days.
    pub zone_offset_s: i32,
}

/// Routes of this slice, with full paths. The caller wraps them into its layers: who asks, and the audit.
pub fn mount(state: HistoryState) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(range::read_history))
        .routes(routes!(sql::ask_sql))
        .routes(routes!(sql::list_sql_tables))
        .routes(routes!(read_lake))
        .with_state(state)
}

/// The lake: its tables, how far they are behind, and its background work.
#[utoipa::path(get, path = "/api/v1/lake", tag = "history", responses((status = 200, body = LakeView)))]
async fn read_lake(State(state): State<HistoryState>, Signed(actor): Signed) -> Result<axum::Json<LakeView>, Problem> {
    let status = state.history.status(&actor).map_err(|error| problem(&error))?;
    Ok(axum::Json(status.into()))
}

/// The public form of an error, with what helps to ask better.
fn problem(error: &QueryError) -> Problem {
    let problem = Problem::of(error);
    match error {
        QueryError::Mistake(mistake) => {
            let mut problem = problem.status(422);
            if let (Some(line), Some(column)) = (mistake.line, mistake.column) {
                problem = problem.with("line", line).with("column", column);
            }
            if !mistake.suggestions.is_empty() {
                problem = problem.with("suggestions", mistake.suggestions.clone());
            }
            problem
        }
        QueryError::Invalid(field, _) => problem.with("field", *field),
        QueryError::Forbidden(_) | QueryError::TooLarge(_) | QueryError::Memory(_) | QueryError::Time(_) => {
            problem.status(422)
        }
        _ => problem,
    }
}

/// Whether CSV is wanted rather than JSON.
fn wants_csv(headers: &HeaderMap) -> bool {
    let accept = headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    accept
        .split(',')
        .any(|kind| kind.split(';').next().is_some_and(|kind| kind.trim() == "text/csv"))
}
