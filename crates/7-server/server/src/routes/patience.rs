//! A body has a time by which it must be there: who sends it byte by byte holds no connection for ever.

use axum::body::{Body, HttpBody};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use chassis::problem::Problem;
use futures::StreamExt;
use kernel::error::ErrorKind;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// From the head of a request to the end of its body.
const LONGEST: Duration = Duration::from_secs(60);

/// Middleware around routes that read their body whole before they do anything.
pub(super) async fn in_time(request: Request, next: Next) -> Response {
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    let late = Arc::new(AtomicBool::new(false));
    let request = request.map(|body| bounded(body, Instant::now() + LONGEST, Arc::clone(&late)));
    let response = next.run(request).await;
    if !late.load(Ordering::Relaxed) {
        return response;
    }
    metrics::counter!("hanoi_ioc_http_cut_total", "reason" => "slow_body").increment(1);
    let detail = format!("the body did not arrive within {} s; send it again", LONGEST.as_secs());
    Problem::new(ErrorKind::Invalid, "too_slow", detail)
        .status(408)
        .into_response()
}

/// The body, which breaks off at that time and says so.
fn bounded(body: Body, until: Instant, late: Arc<AtomicBool>) -> Body {
    let pieces = Some((Box::pin(body.into_data_stream()), late));
    Body::from_stream(futures::stream::unfold(pieces, move |pieces| async move {
        let (mut pieces, late) = pieces?;
        match timeout_at(until, pieces.next()).await {
            Ok(None) => None,
            Ok(Some(Ok(piece))) => Some((Ok(piece), Some((pieces, late)))),
            Ok(Some(Err(error))) => Some((Err(error), None)),
            Err(_) => {
                late.store(true, Ordering::Relaxed);
                let error = io::Error::new(io::ErrorKind::TimedOut, "the body did not arrive in time");
                Some((Err(axum::Error::new(error)), None))
            }
        }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::to_bytes;

    /// A byte a second, so many of them.
    fn slow(count: usize) -> Body {
        Body::from_stream(futures::stream::iter(0..count).then(|_| async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            io::Result::Ok("a")
        }))
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_comes_byte_by_byte_breaks_off_at_its_time() {
        for (count, good) in [(59, true), (61, false)] {
            let late = Arc::new(AtomicBool::new(false));
            let body = bounded(slow(count), Instant::now() + LONGEST, Arc::clone(&late));
            let read = to_bytes(body, 100).await;
            assert_eq!(read.is_ok_and(|bytes| bytes.len() == count), good, "{count}");
            assert_eq!(late.load(Ordering::Relaxed), !good, "{count}");
        }
    }
}
