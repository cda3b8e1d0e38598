//! The layer around every route that reads or changes something: no answer without a record.

use crate::model::Outcome;
use crate::store::{Access, AuditLog};
use axum::extract::{MatchedPath, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use chassis::problem::Problem;
use chassis::tls::Peer;
use futures::FutureExt;
use kernel::actor::{Actor, ActorId};
use kernel::error::ErrorKind;
use ports::error::PortError;
use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use tokio_util::task::AbortOnDropHandle;

/// Routes that only read although they are posted to, because the question does not fit into an address. They write down
/// the question themselves before they work on it.
const READS_BY_POST: [&str; 1] = ["/api/v1/sql"];

/// Routes that are asked for with GET although they change something, because another site sends the browser there. What
/// stands in their query is secret, and is not written down.
const CHANGES_BY_GET: [&str; 1] = ["/api/v1/session/oidc/{provider}/back"];

/// Why an access was refused, where the answer tells less than an auditor should know. A handler puts it into the
/// extensions of its answer; it stands in the record as `reason`.
#[derive(Clone, Copy, Debug)]
pub struct Why(pub &'static str);

/// Middleware for [`axum::middleware::from_fn_with_state`]: runs the handler, writes the record, then lets the answer go.
/// The actor is the one that an inner layer or a sign-in put into the response, else the one that an outer layer put into
/// the request. A handler that panics is answered as an internal error and recorded as failed.
///
/// What changes something runs to its end with its record, also when the client goes away; reading stops with the client.
/// While the log takes no records, nothing is changed at all and nothing is shown.
pub async fn record(State(audit): State<AuditLog>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>();
    let by_route = |routes: &[&str]| route.is_some_and(|route| routes.contains(&route.as_str()));
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let reads = (safe && !by_route(&CHANGES_BY_GET)) || by_route(&READS_BY_POST);
    if !reads && let Err(error) = audit.ready().await {
        return withheld(&error);
    }
    let act = tokio::spawn(recorded(audit, request, next));
    let answer = if reads {
        AbortOnDropHandle::new(act).await
    } else {
        act.await
    };
    answer.unwrap_or_else(|error| {
        tracing::error!(%error, "the audit layer itself failed");
        internal()
    })
}

async fn recorded(audit: AuditLog, request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map(|path| path.as_str().to_owned());
    let secret = route.as_deref().is_some_and(|route| CHANGES_BY_GET.contains(&route));
    let target = match request.uri().path_and_query() {
        Some(target) if !secret => target.to_string(),
        _ => request.uri().path().to_owned(),
    };
    let from = request
        .extensions()
        .get::<axum::extract::ConnectInfo<Peer>>()
        .map(|info| info.0.address.to_string());
    let before = request.extensions().get::<Arc<Actor>>().cloned();

    let response = AssertUnwindSafe(next.run(request))
        .catch_unwind()
        .await
        .unwrap_or_else(|_| internal());

    let actor = response.extensions().get::<Arc<Actor>>().cloned().or(before);
    let status = response.status().as_u16();
    let mut detail = BTreeMap::from([("status".to_owned(), status.to_string())]);
    if let Some(Why(reason)) = response.extensions().get::<Why>() {
        detail.insert("reason".to_owned(), (*reason).to_owned());
    }
    let access = Access {
        actor: actor.map_or(ActorId::Anonymous, |actor| actor.id.clone()),
        act: format!("{method} {}", route.as_deref().unwrap_or("?")),
        target: target.chars().take(1_000).collect(),
        outcome: outcome(status),
        from: from.unwrap_or_default(),
        detail,
    };
    let stranger = access.actor == ActorId::Anonymous && access.outcome == Outcome::Denied;
    let written = if stranger {
        audit.refused(access).await
    } else {
        audit.write(access).await.map(drop)
    };
    match written {
        Ok(()) => response,
        Err(error) => withheld(&error),
    }
}

fn withheld(error: &PortError) -> Response {
    metrics::counter!("hanoi_ioc_audit_withheld_total").increment(1);
    tracing::error!(%error, "audit cannot be written; the answer is withheld");
    let detail = "the trace of this access cannot be written now; nothing is shown without it, try again later";
    Problem::new(ErrorKind::Unavailable, "audit_unavailable", detail).into_response()
}

/// How an access with this HTTP status ended.
pub fn outcome(status: u16) -> Outcome {
    match status {
        401 | 403 => Outcome::Denied,
        100..=399 => Outcome::Allowed,
        _ => Outcome::Failed,
    }
}

fn internal() -> Response {
    let detail = "the error was logged; please report the time of this answer";
    Problem::new(ErrorKind::Bug, "internal", detail).into_response()
}
