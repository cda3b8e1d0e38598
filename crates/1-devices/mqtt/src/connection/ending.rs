//! The end of a connection: its will, what is still on its way, and the last words.

use crate::connection::Connection;
use crate::error::Close;
use crate::handshake::farewell;
use crate::will::Will;
use std::future::poll_fn;
use std::task::Poll;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;

impl<S> Connection<'_, S> {
    /// Leaves the session. The will is said now, or waits with the session, or is forgotten ([MQTT-3.1.2-8],
    /// [MQTT-3.1.2-10]).
    fn leave(&mut self, close: &Close) {
        let will = self.will.take().filter(|_| close.publishes_will());
        let is_later = |will: &Will| will.delay > 0 && self.session().expiry() > 0;
        let (later, now) = match will {
            Some(will) if is_later(&will) => (Some(will), None),
            will => (None, will),
        };
        // the one who comes next hears it before anything else
        now.into_iter().for_each(|will| self.shared.say(&will));
        let due = self.seat.leave(later);
        due.into_iter().for_each(|will| self.shared.say(&will));
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Connection<'_, S> {
    /// The end: the will, then what is still on its way, then the last words.
    pub(super) async fn finish(&mut self, close: &Close) {
        self.leave(close);
        // after a publish that was not stored, none behind it may be acknowledged ([MQTT-4.6.0-2])
        let mut acknowledges = !matches!(close, Close::Full | Close::Unavailable);
        let mut broken = false;
        let limit = self.shared.limits.drain;
        let drained = poll_fn(|cx| {
            for pending in &mut self.pending {
                pending.is_done(cx);
            }
            while !self.pending.is_empty() {
                let kept = self.out.len();
                match self.settle() {
                    Ok(true) => {}
                    Ok(false) => {
                        broken |= !broken && self.poll_out(cx).is_err();
                        return Poll::Pending;
                    }
                    Err(_) => acknowledges = false,
                }
                if !acknowledges || broken {
                    self.out.truncate(kept);
                }
            }
            Poll::Ready(())
        });
        if timeout(limit, drained).await.is_err() {
            tracing::warn!(device = %self.sender.device, left = self.pending.len(), "submissions did not end in time");
        }
        self.forget_pending();
        self.codec.disconnect(&mut self.out, close);
        farewell(&mut self.stream, &self.out).await;
    }
}
