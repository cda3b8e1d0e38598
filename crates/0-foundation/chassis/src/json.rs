//! Reading JSON bodies, query strings and paths so that a mistake is answered with a problem, not with a bare line.

use crate::problem::Problem;
use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts};
use axum::http::StatusCode;
use kernel::error::ErrorKind;

/// A JSON body; its errors are problems with line and column.
#[derive(Debug, FromRequest)]
#[from_request(via(axum::Json), rejection(Problem))]
pub struct Json<T>(pub T);

/// A query string; its errors are problems that name the parameter.
#[derive(Debug, FromRequestParts)]
#[from_request(via(axum::extract::Query), rejection(Problem))]
pub struct Query<T>(pub T);

/// The variable parts of a path; one that cannot be read, such as `%FF`, names nothing.
#[derive(Debug, FromRequestParts)]
#[from_request(via(axum::extract::Path), rejection(Problem))]
pub struct Path<T>(pub T);

impl From<JsonRejection> for Problem {
    fn from(rejection: JsonRejection) -> Self {
        let detail = rejection.body_text();
        match rejection {
            JsonRejection::MissingJsonContentType(_) => Self::new(
                ErrorKind::Invalid,
                "unknown_format",
                "send the body with Content-Type: application/json",
            ),
            JsonRejection::JsonDataError(_) => Self::new(ErrorKind::Invalid, "invalid_value", detail),
            JsonRejection::BytesRejection(broken) if broken.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                Self::new(ErrorKind::Invalid, "too_large", detail)
            }
            _ => Self::new(ErrorKind::Invalid, "malformed", detail),
        }
    }
}

impl From<QueryRejection> for Problem {
    fn from(rejection: QueryRejection) -> Self {
        Self::new(ErrorKind::Invalid, "invalid_value", rejection.body_text())
    }
}

impl From<PathRejection> for Problem {
    fn from(rejection: PathRejection) -> Self {
        Self::new(ErrorKind::NotFound, "not_found", rejection.body_text())
    }
}
