//! Versions of things as ETags: what an answer bears, what a caller has already, and what it has judged (RFC 9110).

use crate::problem::Problem;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::str::FromStr;

/// The ETag of a version.
pub fn tag(version: u64) -> String {
    format!("\"{version}\"")
}

/// For a caller that has this version already (section 15.4.5).
pub fn unchanged(version: u64) -> Response {
    (StatusCode::NOT_MODIFIED, [(header::ETAG, tag(version))]).into_response()
}

/// Whether `If-None-Match` names this version (section 13.1.2).
pub fn is_known(headers: &HeaderMap, version: u64) -> bool {
    let tag = tag(version);
    let value = headers
        .get(header::IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    value
        .split(',')
        .any(|known| known.trim().trim_start_matches("W/") == tag)
}

/// The version that the caller has judged, by `If-Match` (section 13.1.1); none and `*` mean any. `advice` says what to
/// write.
pub fn judged<T: FromStr>(headers: &HeaderMap, advice: &str) -> Result<Option<T>, Problem> {
    let Some(value) = headers.get(header::IF_MATCH) else {
        return Ok(None);
    };
    let text = value.to_str().unwrap_or_default().trim();
    if text == "*" {
        return Ok(None);
    }
    let version = text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'))
        .and_then(|text| text.parse().ok());
    version.map(Some).ok_or_else(|| Problem::invalid("If-Match", advice))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderName, HeaderValue};

    fn headers(name: HeaderName, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_static(value))])
    }

    #[test]
    fn a_version_is_known_by_its_tag_also_a_weak_one_in_a_list() {
        for (value, known) in [
            ("\"3\"", true),
            ("\"2\", W/\"3\"", true),
            ("\"33\"", false),
            ("3", false),
        ] {
            assert_eq!(is_known(&headers(header::IF_NONE_MATCH, value), 3), known, "{value}");
        }
        assert!(!is_known(&HeaderMap::new(), 3));
    }

    #[test]
    fn what_was_judged_is_one_version_or_any() {
        let judged = |value| judged::<u32>(&headers(header::IF_MATCH, value), "write the ETag");
        assert_eq!(judged("\"3\"").unwrap(), Some(3));
        assert_eq!(judged("*").unwrap(), None);
        for value in ["3", "\"3", "\"x\"", "\"4294967296\"", ""] {
            assert_eq!(judged(value).unwrap_err().status_code(), 422, "{value}");
        }
        assert_eq!(super::judged::<u64>(&HeaderMap::new(), "").unwrap(), None);
    }
}
