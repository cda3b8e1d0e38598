//! Sending an item of quarantine in again.

use super::ObservationState;
use crate::replay::{Mended, ReplayError};
use crate::wire::replay::{ReplayReceipt, ReplayRequest, id_of};
use access::signed::Signed;
use axum::extract::State;
use chassis::json::{Json, Path};
use chassis::problem::Problem;
use serde_json::json;

/// Send an item of quarantine through the intake again, as its sender: with `{}` as it came, with `payload` mended. Rows have the
/// times of the content; those without one stand at the arrival of the item. What is wrong again becomes a new item, named in the
/// answer. As soon as something of it was taken, an item cannot be sent again; should the answer get lost, sending the same once
/// more stores nothing twice.
#[utoipa::path(post, path = "/api/v1/quarantine/{id}/replay", tag = "observation", request_body = ReplayRequest,
    params(("id" = String, Path, description = "id of the item")),
    responses(
        (status = 200, description = "everything is durable; `rejected` says how much was wrong again", body = ReplayReceipt),
        (status = 400, description = "the payload is no SenML in JSON"),
        (status = 403, description = "your roles do not allow it"),
        (status = 404, description = "no such item"),
        (status = 409, description = "`already_replayed`, `replay_under_way`, `content_not_whole` or `content_unreadable` (then send it mended), `device_blocked`, `sender_gone`"),
        (status = 413, description = "more than 100 rows or 64 KiB; `limit` says how many are taken"),
        (status = 429, description = "too much is waiting; see Retry-After"),
        (status = 503, description = "storage does not answer; see Retry-After, then send the same again"),
        (status = 507, description = "the log is full; see Retry-After"),
    ))]
pub(super) async fn replay(
    State(state): State<ObservationState>,
    Signed(actor): Signed,
    Path(id): Path<String>,
    Json(body): Json<ReplayRequest>,
) -> Result<axum::Json<ReplayReceipt>, Problem> {
    let id = id.parse().map_err(|_| problem(ReplayError::NotFound))?;
    let mended = body.payload.as_ref().map(|payload| Mended {
        payload: payload.get().as_bytes(),
        decode: state.decode,
    });
    let done = state.observations.replay(&actor, id, mended, state.clock.now()).await;
    Ok(axum::Json(ReplayReceipt::from(done.map_err(problem)?)))
}

fn problem(error: ReplayError) -> Problem {
    let problem = Problem::of(&error);
    match error {
        ReplayError::Already { at, by } => problem.with("replayed", json!({ "at": at, "by": id_of(&by) })),
        ReplayError::Malformed(_) => problem.with("field", "payload"),
        ReplayError::TooLarge { most, .. } => problem.with("field", "payload").with("limit", most),
        _ => problem,
    }
}
