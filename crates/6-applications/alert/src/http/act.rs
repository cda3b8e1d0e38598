//! What all acts upon an alert share: who asks, which alert, and which version was judged.

use super::answer;
use super::state::AlertState;
use crate::decide::act::Command;
use access::signed::Signed;
use axum::extract::{FromRequestParts, Path};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use chassis::problem::Problem;
use kernel::actor::Actor;
use std::sync::Arc;

/// The opening of an act, read before its body.
pub(super) struct Act {
    state: AlertState,
    actor: Arc<Actor>,
    id: String,
    headers: HeaderMap,
}

impl FromRequestParts<AlertState> for Act {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &AlertState) -> Result<Self, Response> {
        let Signed(actor) = Signed::from_request_parts(parts, state)
            .await
            .map_err(IntoResponse::into_response)?;
        let Path(id) = Path::from_request_parts(parts, state)
            .await
            .map_err(IntoResponse::into_response)?;
        Ok(Self {
            state: state.clone(),
            actor,
            id,
            headers: parts.headers.clone(),
        })
    }
}

impl Act {
    /// Does it, and answers with the alert as it stands then.
    pub(super) async fn carry_out(self, command: Command) -> Result<Response, Problem> {
        let (id, judged) = (answer::id(&self.id)?, answer::judged(&self.headers)?);
        let stored = self.state.alerts.act(&self.actor, id, command, judged).await;
        stored.map(|stored| answer::alert(&stored)).map_err(answer::problem)
    }
}
