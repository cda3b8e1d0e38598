//! Turns what happened into an answer, and counts it.

use super::UplinkError;
use crate::decode::Format;
use crate::error::DecodeError;
use crate::wire::{IngestReceipt, RejectedItem};
use axum::Json;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use chassis::problem::Problem;
use kernel::error::Classified;
use kernel::reject::{Reason, Rejected};
use kernel::submission::Receipt;
use metrics::counter;

/// What is counted of a request.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    /// The format, once it is known.
    pub(super) format: Option<Format>,
    /// Bytes of the body as received.
    pub(super) bytes: usize,
    rows: usize,
    reasons: Vec<(Reason, u64)>,
}

impl Outcome {
    /// Notes what the decoder found.
    pub(super) fn count(&mut self, rows: usize, rejected: &[Rejected]) {
        self.rows = rows;
        for item in rejected {
            match self.reasons.iter_mut().find(|(reason, _)| *reason == item.reason) {
                Some((_, count)) => *count += 1,
                None => self.reasons.push((item.reason, 1)),
            }
        }
    }
}

/// The answer. Metrics: `hanoi_ioc_uplink_payloads_total{format, outcome}` with `accepted`, `partial` or the problem's code,
/// `hanoi_ioc_uplink_bytes_total{format}` as received, `hanoi_ioc_uplink_rows_total{format}` and
/// `hanoi_ioc_uplink_rejected_total{format, reason}` as decoded.
pub(super) fn answer(outcome: Outcome, result: Result<Receipt, UplinkError>) -> Response {
    let format = outcome.format.map_or("unknown", Format::label);
    let code = match &result {
        Ok(receipt) if receipt.rejected == 0 => "accepted",
        Ok(_) => "partial",
        Err(error) => error.code(),
    };
    counter!("hanoi_ioc_uplink_payloads_total", "format" => format, "outcome" => code).increment(1);
    counter!("hanoi_ioc_uplink_bytes_total", "format" => format).increment(outcome.bytes as u64);
    counter!("hanoi_ioc_uplink_rows_total", "format" => format).increment(outcome.rows as u64);
    for (reason, count) in outcome.reasons {
        counter!("hanoi_ioc_uplink_rejected_total", "format" => format, "reason" => reason.code()).increment(count);
    }
    match result {
        Ok(receipt) => Json(IngestReceipt::from(receipt)).into_response(),
        Err(error) => problem(error),
    }
}

fn problem(error: UplinkError) -> Response {
    let mut problem = Problem::of(&error);
    let mut accept_encoding = false;
    match error {
        UplinkError::AllRejected(receipt) => {
            let items: Vec<RejectedItem> = receipt.items.into_iter().map(RejectedItem::from).collect();
            problem = problem.with("rejected", receipt.rejected);
            problem = problem.with("repeated", receipt.repeated);
            problem = problem.with("items", serde_json::to_value(items).unwrap_or_default());
        }
        UplinkError::Unreadable(error) => {
            problem = problem.with("reason", error.reason().code());
            let (place, offset) = error.place();
            if let Some(place) = place {
                problem = problem.with("line", place.line).with("column", place.column);
            }
            if let Some(offset) = offset {
                problem = problem.with("offset", offset);
            }
            if let Some(item) = error.item() {
                problem = problem.with("item", item);
            }
            match error {
                DecodeError::TooManyItems { max } | DecodeError::TooMuchText { max } => {
                    problem = problem.with("limit", max);
                }
                DecodeError::Column { column, allowed, .. } => {
                    problem = problem.with("field", column).with("allowed", allowed);
                }
                _ => {}
            }
        }
        UplinkError::TooLarge { limit, .. } => problem = problem.with("limit", limit),
        UplinkError::UnknownFormat(_) => problem = problem.with("allowed", Format::MEDIA_TYPES.to_vec()),
        UplinkError::UnknownEncoding(_) => {
            problem = problem.with("allowed", vec!["gzip", "zstd"]);
            accept_encoding = true;
        }
        UplinkError::TooSlow(_) => problem = problem.status(408),
        UplinkError::Precision(_) => problem = problem.with("field", "precision"),
        _ => {}
    }
    let mut response = problem.into_response();
    if accept_encoding {
        // RFC 9110 section 12.5.3: tells a client which encodings it may send
        response
            .headers_mut()
            .insert(header::ACCEPT_ENCODING, HeaderValue::from_static("gzip, zstd"));
    }
    response
}
