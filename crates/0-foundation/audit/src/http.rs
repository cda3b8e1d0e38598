//! The layer around every route that reads or changes something: no answer without a record.

use crate::model::Outcome;
use crate::store::{Access, AuditLog};
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use chassis::problem::Problem;
use chassis::tls::Peer;
use kernel::actor::{Actor, ActorId};
use kernel::error::ErrorKind;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Middleware for [`axum::middleware::from_fn_with_state`]: runs the handler, writes the record, then lets the answer go.
/// The actor is the one that an outer layer put into the request, or that a sign-in put into the response.
pub async fn record(State(audit): State<AuditLog>, request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let target = request.uri().path_and_query().map(ToString::to_string).unwrap_or_default();
    let from = request.extensions().get::<axum::extract::ConnectInfo<Peer>>().map(|info| info.0.address.to_string());
    let before = request.extensions().get::<Arc<Actor>>().cloned();

    let response = next.run(request).await;

    let actor = response.extensions().get::<Arc<Actor>>().cloned().or(before);
    let status = response.status();
    let outcome = match status.as_u16() {
        401 | 403 => Outcome::Denied,
        200..=399 => Outcome::Allowed,
        _ => Outcome::Failed,
    };
    let access = Access {
        actor: actor.map_or(ActorId::Anonymous, |actor| actor.id.clone()),
        act: format!("{method} {}", route.as_deref().unwrap_or("?")),
        target: target.chars().take(1_000).collect(),
        outcome,
        from: from.unwrap_or_default(),
        detail: BTreeMap::from([("status".to_owned(), status.as_u16().to_string())]),
    };
    match audit.write(access).await {
        Ok(_) => response,
        Err(error) => {
            tracing::error!(%error, "audit cannot be written; the answer is withheld");
            let detail = "the trace of this access cannot be written now; nothing is shown without it, try again later";
            Problem::new(ErrorKind::Unavailable, "audit_unavailable", detail).into_response()
        }
    }
}
