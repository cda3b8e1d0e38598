//! Bodies that are too long, or never end.

use super::shot::{Body, send};
use super::stage::Stage;
use super::tally::Tally;
use anyhow::Result;
use std::time::Duration;

const KIB: u64 = 1 << 10;
/// Around the limits: a large body, what routes of JSON take, what ingest takes, and far beyond.
const SIZES: [u64; 6] = [
    64 * KIB,
    1_024 * KIB,
    10_240 * KIB,
    10_241 * KIB,
    65_536 * KIB,
    1_048_576 * KIB,
];
/// Slow bodies at once.
const SLOW: usize = 500;

/// Where bodies go: method, path, type, and whether a device sends it.
pub(super) const PLACES: [(&str, &str, &str, bool); 6] = [
    ("POST", "/api/v1/observations", "text/plain", true),
    ("POST", "/api/v1/observations", "application/senml+json", true),
    ("POST", "/api/v1/observations", "application/senml+cbor", true),
    ("POST", "/api/v1/sql", "application/json", false),
    ("POST", "/api/v1/incidents", "application/json", false),
    ("PUT", "/api/v1/pack/rule/flood-depth", "text/plain", false),
];

/// The header lines of such a place.
pub(super) fn headers(stage: &Stage, media: &str, device: bool) -> String {
    let who = if device {
        stage.device()
    } else {
        stage.person.headers().to_owned()
    };
    format!("{who}Content-Type: {media}\r\n")
}

/// Bodies of all sizes to all places.
pub(super) async fn large(stage: &Stage, chunked: bool) -> Result<Tally> {
    stage
        .crowd(move |stage, turn| async move {
            let (method, path, media, device) = PLACES[turn % PLACES.len()];
            let total = SIZES[turn / PLACES.len() % SIZES.len()];
            // neither lines nor JSON: some of it is read to its end
            let body = Body {
                block: vec![b' '; 64 << 10].into(),
                total,
                chunked,
                pause: Duration::ZERO,
            };
            let answer = send(stage.http, method, path, &headers(&stage, media, device), &body).await;
            Tally::from(format!("{} {answer}", size(total)))
        })
        .await
}

/// Bodies that come byte by byte, to all places at once.
pub(super) async fn slow(stage: &Stage) -> Result<Tally> {
    stage
        .each(SLOW, |stage, client| async move {
            let (method, path, media, device) = PLACES[client % PLACES.len()];
            let body = Body {
                block: vec![b' '; 1].into(),
                total: 1 << 30,
                chunked: (client / PLACES.len()).is_multiple_of(2),
                pause: Duration::from_secs(1),
            };
            // a length beyond the limit would be refused at once
            let body = match body.chunked {
                true => body,
                false => Body {
                    total: 900 * KIB,
                    ..body
                },
            };
            let answer = send(stage.http, method, path, &headers(&stage, media, device), &body).await;
            Tally::from(format!("{} {answer}", if device { "ingest" } else { "people" }))
        })
        .await
}

fn size(bytes: u64) -> String {
    match bytes / KIB {
        kib if kib < 1_024 => format!("{kib} KiB"),
        kib => format!("{} MiB", kib as f64 / 1_024.0),
    }
}
