//! The door of every route: no cell, no way in; a cell's action has to be permitted to the one who asks. And the end of open
//! streams whose rights have changed.

use crate::denied::Denied;
use crate::service::Accounts;
use crate::session::Live;
use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use chassis::problem::Problem;
use futures::StreamExt;
use kernel::error::ErrorKind;
use policy::action::Action;
use policy::cell::{Cells, Met};
use policy::compiled::Table;
use policy::engine::{Ask, Decision};

/// What a request needs to come in.
#[derive(Clone, Debug)]
pub struct Door {
    /// Sessions, tokens and the policy engine.
    pub accounts: Accounts,
    /// Which route is which action.
    pub cells: &'static Cells,
}

/// Middleware, inside of [`crate::http::identify`]: asks whether the action of the route's cell is permitted at all. Whether
/// the thing itself lies within reach is for the service behind, which filters by the actor's scope.
///
/// What only reads is asked of the compiled table, what changes something of Cedar itself.
pub async fn authorise(State(door): State<Door>, request: Request, next: Next) -> Response {
    // without a matched route only the fallback answers, which knows no data
    let Some(route) = request.extensions().get::<MatchedPath>() else {
        return next.run(request).await;
    };
    let action = match door.cells.meet(request.method().as_str(), route.as_str()) {
        Met::Action(action) => action,
        Met::OtherMethod => {
            let detail = "see /api/v1/openapi.json for what this path takes";
            return Problem::new(ErrorKind::Invalid, "method_not_allowed", detail)
                .status(405)
                .into_response();
        }
        Met::Nothing => {
            tracing::error!(
                route = route.as_str(),
                "a route without a policy cell refuses everybody"
            );
            metrics::counter!("hanoi_ioc_access_no_cell_total").increment(1);
            return Problem::new(ErrorKind::Denied, "denied", "no policy names this route").into_response();
        }
    };
    let Some(live) = request.extensions().get::<Live>() else {
        if Table::here().permits(["anonymous"], action) {
            return next.run(request).await;
        }
        let detail = "sign in with POST /api/v1/session, then ask again";
        return Problem::new(ErrorKind::Denied, "not_signed_in", detail).into_response();
    };
    let safe = matches!(*request.method(), Method::GET | Method::HEAD);
    match judge(&door.accounts, live, action, safe) {
        None => next.run(request).await,
        Some(refusal) => refusal.into_response(),
    }
}

/// Why an action is refused; `None` when it is not.
fn judge(accounts: &Accounts, live: &Live, action: Action, safe: bool) -> Option<Problem> {
    if safe && live.principal.token.is_none() && live.principal.strong {
        let roles = live.actor.roles.iter().map(String::as_str);
        if Table::here().permits(roles, action) {
            return None;
        }
    }
    match accounts.engine().decide(&live.principal, &Ask::at_all(action)) {
        Ok(Decision { allowed: true, .. }) => None,
        Ok(Decision { reasons, .. }) => Some(refusal(action, &reasons)),
        Err(error) => Some(Problem::of(&error)),
    }
}

fn refusal(action: Action, reasons: &[policy::engine::Reason]) -> Problem {
    metrics::counter!("hanoi_ioc_access_refused_total", "action" => action.code()).increment(1);
    Denied::by(action, reasons).problem()
}

/// Middleware, inside of [`crate::http::identify`]: an open stream ends as soon as its session or token ends, or its rights
/// change. A client that may go on opens it again and gets what it may see now.
pub async fn end_with_rights(State(accounts): State<Accounts>, request: Request, next: Next) -> Response {
    let live = request.extensions().get::<Live>().cloned();
    let response = next.run(request).await;
    let kind = response.headers().get(header::CONTENT_TYPE);
    let streams = kind
        .and_then(|kind| kind.to_str().ok())
        .is_some_and(|kind| kind.starts_with("text/event-stream"));
    let Some(live) = live.filter(|_| streams) else {
        return response;
    };
    let lost = async move { accounts.lost(&live).await };
    response.map(|body| Body::from_stream(body.into_data_stream().take_until(Box::pin(lost))))
}
