//! How answers look: an item with its ETag, and errors with what the screen needs to go on.

use crate::error::PackError;
use crate::model::name::{Kind, Name};
use crate::service::{Changed, MAX_MISTAKES};
use crate::wire::{MistakeView, Outcome};
use axum::Json;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chassis::problem::Problem;
use chassis::version;
use kernel::error::Classified;

/// An item with its version as ETag.
pub(super) fn tagged<T: serde::Serialize>(version: u32, body: T) -> Response {
    ([(header::ETAG, version::tag(version.into()))], Json(body)).into_response()
}

/// What became of a change.
pub(super) fn changed(changed: &Changed) -> Response {
    let item = &changed.item;
    let outcome = Outcome {
        kind: item.name.kind,
        id: item.name.id().to_owned(),
        state: item.state(),
        version: item.latest,
        applies: changed.applies,
    };
    tagged(item.latest, outcome)
}

/// The item that a path names.
pub(super) fn name(kind: &str, id: &str) -> Result<Name, Problem> {
    let found = Kind::of(kind).and_then(|kind| Name::new(kind, id));
    found.ok_or_else(|| problem(PackError::NotFound(format!("{kind}/{id}"))))
}

/// The version that the caller has judged, by `If-Match` (RFC 9110 section 13.1.1); none and `*` mean any.
pub(super) fn judged(headers: &HeaderMap) -> Result<Option<u32>, Problem> {
    let advice = "write the ETag of the item that you have judged, such as \"3\"; \"0\" when there was none";
    version::judged(headers, advice)
}

/// The public form of an error.
pub(super) fn problem(error: PackError) -> Problem {
    let problem = Problem::of(&error as &dyn Classified);
    match error {
        PackError::Unfit(mistakes) => {
            let views = mistakes.iter().take(MAX_MISTAKES).map(MistakeView::from);
            let views = serde_json::to_value(views.collect::<Vec<_>>()).unwrap_or_default();
            let more = mistakes.len().saturating_sub(MAX_MISTAKES);
            problem
                .status(StatusCode::UNPROCESSABLE_ENTITY.as_u16())
                .with("mistakes", views)
                .with("more", more)
        }
        PackError::Invalid { field, .. } => problem.with("field", field),
        PackError::Changed { found, .. } => problem
            .status(StatusCode::PRECONDITION_FAILED.as_u16())
            .with("version", found),
        _ => problem,
    }
}
