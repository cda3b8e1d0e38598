//! Every error answer of the HTTP API: problem+json (RFC 9457) with a stable code and texts in two languages.

use crate::texts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kernel::error::{Classified, ErrorKind, Retry};
use serde_json::{Map, Value};

/// An answer that says what is wrong, where, and what to do.
#[derive(Clone, Debug)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    detail: String,
    retry_after: Option<u32>,
    /// Boxed, because problems travel as errors and should be small.
    extra: Box<Map<String, Value>>,
}

impl Problem {
    /// A problem with the status, and the hint when to come back, that its class usually has.
    pub fn new(kind: ErrorKind, code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            status: status_of(kind, code),
            code,
            detail: detail.into(),
            retry_after: match kind {
                ErrorKind::Exhausted => Some(5),
                ErrorKind::Unavailable => Some(1),
                _ => None,
            },
            extra: Box::default(),
        }
    }

    /// The public form of an error. What only we can mend is logged here, once, and told without its insides.
    pub fn of<E: Classified + ?Sized>(error: &E) -> Self {
        let ours = matches!(error.kind(), ErrorKind::Bug | ErrorKind::Corrupt);
        let detail = if ours {
            "the error was logged; please report the time of this answer".into()
        } else {
            error.to_string()
        };
        if ours {
            tracing::error!(code = error.code(), error = chain(error), "request failed");
        }
        let mut problem = Self::new(error.kind(), error.code(), detail);
        problem.retry_after = match error.retry() {
            Retry::AfterSeconds(seconds) => Some(seconds),
            Retry::Never | Retry::AfterReload => None,
        };
        problem
    }

    /// Adds a member to the answer.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.extra.insert(name.to_owned(), value.into());
        self
    }

    /// Sets another status; numbers that are no status are ignored.
    #[must_use]
    pub fn status(mut self, status: u16) -> Self {
        if let Ok(status) = StatusCode::from_u16(status) {
            self.status = status;
        }
        self
    }

    /// The status that it will be answered with.
    pub fn status_code(&self) -> StatusCode {
        self.status
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// For values that a person typed: which field, what was found, what is allowed.
    pub fn invalid(field: &str, detail: impl Into<String>) -> Self {
        Self::new(ErrorKind::Invalid, "invalid_value", detail).with("field", field)
    }

    /// For things that are not there, or not for this caller.
    pub fn not_found(what: &str) -> Self {
        Self::new(
            ErrorKind::NotFound,
            "not_found",
            format!("there is no {what} here that you may see"),
        )
    }
}

fn chain<E: std::error::Error + ?Sized>(error: &E) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

fn status_of(kind: ErrorKind, code: &str) -> StatusCode {
    match (kind, code) {
        (
            _,
            "not_signed_in"
            | "sign_in_failed"
            | "second_factor_needed"
            | "credential_missing"
            | "token_invalid"
            | "certificate_invalid"
            | "enrolment_code_invalid",
        ) => StatusCode::UNAUTHORIZED,
        (_, "log_full" | "storage_full") => StatusCode::INSUFFICIENT_STORAGE,
        (_, "idempotency_key_reused" | "invalid_value" | "all_items_rejected") => StatusCode::UNPROCESSABLE_ENTITY,
        (_, "too_large") => StatusCode::PAYLOAD_TOO_LARGE,
        (_, "unknown_format") => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        (ErrorKind::Invalid, _) => StatusCode::BAD_REQUEST,
        (ErrorKind::Denied, _) => StatusCode::FORBIDDEN,
        (ErrorKind::NotFound, _) => StatusCode::NOT_FOUND,
        (ErrorKind::Conflict, _) => StatusCode::CONFLICT,
        (ErrorKind::Exhausted, _) => StatusCode::TOO_MANY_REQUESTS,
        (ErrorKind::Unavailable, _) => StatusCode::SERVICE_UNAVAILABLE,
        (ErrorKind::Corrupt | ErrorKind::Bug, _) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let title = texts::problem(self.code);
        let mut body = Map::new();
        body.insert("type".into(), format!("/problems/{}", self.code).into());
        body.insert("title".into(), title.vi.into());
        body.insert("title_en".into(), title.en.into());
        body.insert("status".into(), self.status.as_u16().into());
        body.insert("code".into(), self.code.into());
        body.insert("detail".into(), self.detail.into());
        body.extend(*self.extra);
        let mut response = (self.status, Value::Object(body).to_string()).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(
                header::WWW_AUTHENTICATE,
                HeaderValue::from_static("Bearer realm=\"hanoi-ioc\""),
            );
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ports::error::PortError;

    async fn body(problem: Problem) -> Value {
        let bytes = axum::body::to_bytes(problem.into_response().into_body(), 10_000)
            .await
            .unwrap();
        serde_json::from_slice(&bytes).unwrap()
    }

    #[tokio::test]
    async fn an_answer_speaks_vietnamese_first_and_keeps_a_stable_code() {
        let body = body(Problem::invalid("limit", "limit is 0; write 1 to 1000")).await;
        assert_eq!(body["title"], "Giá trị không hợp lệ");
        assert_eq!(body["code"], "invalid_value");
        assert_eq!(body["status"], 422);
        assert_eq!(body["field"], "limit");
    }

    #[tokio::test]
    async fn what_only_we_can_mend_is_not_told_outside() {
        let secret = PortError::Corrupt("page 7 of the accounts file".into());
        let body = body(Problem::of(&secret)).await;
        assert_eq!(body["status"], 500);
        assert!(!body.to_string().contains("page 7"));
    }

    #[test]
    fn a_full_disk_is_507_with_a_hint_when_to_come_back() {
        let response = Problem::of(&PortError::Full("disk".into())).into_response();
        assert_eq!(response.status(), 507);
        assert_eq!(response.headers()["retry-after"], "5");
    }
}
