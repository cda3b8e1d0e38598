//! A client that asks and then reads nothing: its answer waits in bounded buffers, and after a while it is cut.
//!
//! A stream of events has no end by which one could see that its reader is gone. What can be seen is a socket that takes
//! no byte for [`STALL`] although bytes wait for it. A slow reader is not touched: whoever takes one byte is there.

use std::future::Future;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};

/// How long a client may take no byte while some wait for it.
pub(super) const STALL: Duration = Duration::from_secs(30);

/// A socket whose writes fail when the other side has stalled.
pub(super) struct Patient<I> {
    io: I,
    limit: Duration,
    /// Runs while bytes wait that the socket does not take.
    stuck: Option<Pin<Box<Sleep>>>,
}

impl<I> Patient<I> {
    pub(super) fn new(io: I, limit: Duration) -> Self {
        Self { io, limit, stuck: None }
    }

    /// Passes on what the socket said; while it says nothing, time runs.
    fn judge<T>(&mut self, cx: &mut Context<'_>, said: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if said.is_ready() {
            self.stuck = None;
            return said;
        }
        let limit = self.limit;
        let stuck = self.stuck.get_or_insert_with(|| Box::pin(sleep(limit)));
        if stuck.as_mut().poll(cx).is_pending() {
            return Poll::Pending;
        }
        stuck.as_mut().reset(Instant::now() + limit);
        metrics::counter!("hanoi_ioc_http_cut_total", "reason" => "stalled").increment(1);
        tracing::info!(
            seconds = limit.as_secs(),
            "a connection is cut whose client has stopped reading"
        );
        Poll::Ready(Err(io::Error::new(
            io::ErrorKind::TimedOut,
            "the client has stopped reading",
        )))
    }
}

impl<I: AsyncRead + Unpin> AsyncRead for Patient<I> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_read(cx, into)
    }
}

impl<I: AsyncWrite + Unpin> AsyncWrite for Patient<I> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let said = Pin::new(&mut self.io).poll_write(cx, bytes);
        self.judge(cx, said)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let said = Pin::new(&mut self.io).poll_write_vectored(cx, bytes);
        self.judge(cx, said)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let said = Pin::new(&mut self.io).poll_flush(cx);
        self.judge(cx, said)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let said = Pin::new(&mut self.io).poll_shutdown(cx);
        self.judge(cx, said)
    }
}

#[cfg(test)]
mod tests {
    use super::{Patient, STALL};
    use std::io::ErrorKind;
    use std::time::Duration;
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    #[tokio::test(start_paused = true)]
    async fn who_reads_nothing_is_cut_and_who_reads_slowly_is_not() {
        let (near, mut far) = duplex(16);
        let mut near = Patient::new(near, STALL);
        let reader = tokio::spawn(async move {
            let mut one = [0; 1];
            for _ in 0..64 {
                tokio::time::sleep(STALL - Duration::from_secs(1)).await;
                far.read_exact(&mut one).await.unwrap();
            }
            far
        });
        // four times what fits, taken a byte at a time, each just in time
        near.write_all(&[7; 64]).await.unwrap();
        let _far = reader.await.unwrap();
        near.write_all(&[7; 16]).await.unwrap();
        let error = near.write_all(&[7; 16]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TimedOut);
    }
}
