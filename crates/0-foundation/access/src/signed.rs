//! The extractor that a handler names to get the one who asks; without a signed-in actor the answer is 401.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use chassis::problem::Problem;
use kernel::actor::Actor;
use kernel::error::ErrorKind;
use std::sync::Arc;

/// The actor of a request; the session layer put it there.
#[derive(Clone, Debug)]
pub struct Signed(pub Arc<Actor>);

impl<S: Send + Sync> FromRequestParts<S> for Signed {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts
            .extensions
            .get::<Arc<Actor>>()
            .cloned()
            .map(Signed)
            .ok_or_else(|| {
                Problem::new(
                    ErrorKind::Denied,
                    "not_signed_in",
                    "sign in with POST /api/v1/session, then ask again",
                )
            })
    }
}
