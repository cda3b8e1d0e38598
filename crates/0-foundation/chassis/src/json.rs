//! Reading JSON bodies and query strings so that a mistake is answered with a problem, not with a bare line.

use crate::problem::Problem;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts};
use kernel::error::ErrorKind;

/// A JSON body; its errors are problems with line and column.
#[derive(Debug, FromRequest)]
#[from_request(via(axum::Json), rejection(Problem))]
pub struct Json<T>(pub T);

/// A query string; its errors are problems that name the parameter.
#[derive(Debug, FromRequestParts)]
#[from_request(via(axum::extract::Query), rejection(Problem))]
pub struct Query<T>(pub T);

impl From<JsonRejection> for Problem {
    fn from(rejection: JsonRejection) -> Self {
        let detail = rejection.body_text();
        match rejection {
            JsonRejection::MissingJsonContentType(_) => {
                Self::new(ErrorKind::Invalid, "unknown_format", "send the body with Content-Type: application/json")
            }
            JsonRejection::JsonDataError(_) => Self::new(ErrorKind::Invalid, "invalid_value", detail),
            JsonRejection::BytesRejection(_) => Self::new(ErrorKind::Invalid, "too_large", detail),
            _ => Self::new(ErrorKind::Invalid, "malformed", detail),
        }
    }
}

impl From<QueryRejection> for Problem {
    fn from(rejection: QueryRejection) -> Self {
        Self::new(ErrorKind::Invalid, "invalid_value", rejection.body_text())
    }
}
