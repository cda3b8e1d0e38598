//! The body of a request: read within its limits, unpacked, decoded.

use super::{Limits, UplinkError};
use crate::decode::{self, Decoded, Format};
use crate::error::DecodeError;
use axum::body::Body;
use axum::http::{HeaderMap, header};
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use kernel::reject::Reason;
use kernel::time::Timestamp;
use sha2::{Digest, Sha256};
use std::io::Read;

/// Longer bodies are decoded away from the threads that serve connections.
pub(super) const LARGE: usize = 256 << 10;
/// Largest window of a zstd frame as a power of two: 8 MB, which RFC 9659 section 3 sets for HTTP.
const ZSTD_WINDOW: u32 = 23;

/// How a body is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Plain,
    Gzip,
    Zstd,
}

impl Encoding {
    /// From `Content-Encoding`; one encoding at most.
    pub(super) fn of(headers: &HeaderMap) -> Result<Self, UplinkError> {
        let mut values = headers.get_all(header::CONTENT_ENCODING).iter();
        let Some(value) = values.next() else {
            return Ok(Self::Plain);
        };
        let text = value.to_str().unwrap_or("?").trim();
        match text.to_ascii_lowercase().as_str() {
            _ if values.next().is_some() => Err(UplinkError::UnknownEncoding("several".into())),
            "" | "identity" => Ok(Self::Plain),
            "gzip" | "x-gzip" => Ok(Self::Gzip),
            "zstd" => Ok(Self::Zstd),
            _ => Err(UplinkError::UnknownEncoding(super::shown(text))),
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Plain => "body",
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
        }
    }
}

/// The length that the client announced.
pub(super) fn announced(headers: &HeaderMap) -> Option<usize> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// All bytes of the body, if they are few enough and come in time. Who serves the connection reads on when this gives up, so
/// that the client hears why.
pub(super) async fn read(body: Body, headers: &HeaderMap, limits: &Limits) -> Result<Bytes, UplinkError> {
    let too_large = || UplinkError::TooLarge {
        limit: limits.body,
        when: "as sent",
    };
    if announced(headers).is_some_and(|length| length > limits.body) {
        return Err(too_large());
    }
    let collect = collect(body, announced(headers).unwrap_or(0), limits.body);
    match tokio::time::timeout(limits.patience, collect).await {
        Ok(Ok(Some(bytes))) => Ok(bytes),
        Ok(Ok(None)) => Err(too_large()),
        Ok(Err(error)) => Err(UplinkError::CutOff(super::shown(&error.to_string()))),
        Err(_) => Err(UplinkError::TooSlow(limits.patience.as_secs())),
    }
}

/// `None` when there are more bytes than `limit`. A body that came in one piece is not copied.
async fn collect(mut body: Body, expected: usize, limit: usize) -> Result<Option<Bytes>, axum::Error> {
    let mut first = Bytes::new();
    let mut all = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame?.into_data() else { continue };
        if first.len() + all.len() + data.len() > limit {
            return Ok(None);
        }
        if first.is_empty() && all.is_empty() {
            first = data;
            continue;
        }
        if !first.is_empty() {
            all.reserve(expected.min(limit).max(first.len() + data.len()));
            all.extend_from_slice(&std::mem::take(&mut first));
        }
        all.extend_from_slice(&data);
    }
    Ok(Some(if all.is_empty() { first } else { all.freeze() }))
}

/// What a body turned out to be.
#[derive(Debug)]
pub(super) struct Unpacked {
    /// What was read; when nothing could be, the whole payload as one rejected item.
    pub(super) decoded: Decoded,
    /// Why nothing could be read.
    pub(super) error: Option<UplinkError>,
    /// SHA-256 of the body as received, if it was asked for.
    pub(super) hash: [u8; 32],
}

/// Decompresses and decodes. An error here means that nothing is kept.
pub(super) fn unpack(
    body: &[u8],
    encoding: Encoding,
    format: Format,
    now: Timestamp,
    limit: usize,
    hashed: bool,
) -> Result<Unpacked, UplinkError> {
    let mut unpacked = Unpacked {
        decoded: Decoded::default(),
        error: None,
        hash: [0; 32],
    };
    if hashed {
        unpacked.hash = Sha256::digest(body).into();
    }
    let decompressed = match decompress(body, encoding, limit) {
        Ok(decompressed) => decompressed,
        Err(error @ UplinkError::Damaged { .. }) => {
            unpacked.decoded.reject(0, Reason::Malformed, error.to_string(), body);
            unpacked.error = Some(error);
            return Ok(unpacked);
        }
        Err(error) => return Err(error),
    };
    let payload = decompressed.as_deref().unwrap_or(body);
    match decode::decode(format, payload, now, &mut unpacked.decoded) {
        Ok(()) => {}
        Err(error @ DecodeError::Empty) => unpacked.error = Some(UplinkError::Empty(error)),
        Err(error) => {
            unpacked.decoded.rejected.push(decode::whole(payload, &error));
            unpacked.error = Some(UplinkError::Unreadable(error));
        }
    }
    Ok(unpacked)
}

/// The plain payload; `None` when the body is it already.
fn decompress(body: &[u8], encoding: Encoding, limit: usize) -> Result<Option<Vec<u8>>, UplinkError> {
    let damaged = |error: std::io::Error| UplinkError::Damaged {
        encoding: encoding.name(),
        what: super::shown(&error.to_string()),
    };
    let mut payload = Vec::new();
    // One byte more than allowed tells a bomb from a payload that just fits.
    let most = limit as u64 + 1;
    match encoding {
        Encoding::Plain if body.len() > limit => {}
        Encoding::Plain => return Ok(None),
        Encoding::Gzip => {
            flate2::read::MultiGzDecoder::new(body)
                .take(most)
                .read_to_end(&mut payload)
                .map_err(damaged)?;
        }
        Encoding::Zstd => {
            let mut decoder = zstd::stream::read::Decoder::with_buffer(body).map_err(damaged)?;
            decoder.window_log_max(ZSTD_WINDOW).map_err(damaged)?;
            decoder.take(most).read_to_end(&mut payload).map_err(damaged)?;
        }
    }
    if payload.len() > limit || (encoding == Encoding::Plain) {
        return Err(UplinkError::TooLarge {
            limit,
            when: "after decompression",
        });
    }
    Ok(Some(payload))
}
