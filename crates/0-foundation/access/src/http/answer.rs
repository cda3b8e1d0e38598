//! How answers of this crate look.

use crate::error::AccessError;
use axum::Extension;
use axum::extract::ConnectInfo;
use chassis::problem::Problem;
use chassis::tls::Peer;

pub(super) fn problem(error: AccessError) -> Problem {
    match &error {
        AccessError::Denied(denied) => denied.problem(),
        other => Problem::of(other),
    }
}

/// The address of a request's other end, without its port; empty where none is known.
pub(super) fn address(peer: &Option<Extension<ConnectInfo<Peer>>>) -> String {
    let address = peer.as_ref().map(|peer| peer.0.0.address.ip().to_string());
    address.unwrap_or_default()
}

/// An id in a path. What cannot be an id is nothing either.
pub(super) fn id(text: &str, what: &'static str) -> Result<uuid::Uuid, Problem> {
    text.parse().map_err(|_| problem(AccessError::NotFound(what)))
}
