//! The way of a frame to the writer: a bounded queue, behind it a line of callers who wait for a place.
//!
//! A frame in the queue will be written whatever becomes of its caller. A frame in the line belongs to its caller: who
//! gives up before there was a place takes the frame back, so the line never holds more than there are waiting callers.

use bytes::Bytes;
use kernel::position::Position;
use parking_lot::{Condvar, Mutex};
use ports::error::{PortError, Result};
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::sync::oneshot;

/// A frame and where its answer goes.
#[derive(Debug)]
pub(crate) struct Item {
    pub(crate) bytes: Bytes,
    pub(crate) reply: oneshot::Sender<Result<Position>>,
}

#[derive(Debug, Default)]
struct State {
    ready: Vec<Item>,
    ready_bytes: usize,
    line: BTreeMap<u64, Item>,
    next_ticket: u64,
    /// The writer sleeps and wants to be woken.
    idle: bool,
    stopping: bool,
    failed: Option<PortError>,
}

/// The queue of one log.
#[derive(Debug)]
pub(crate) struct Queue {
    state: Mutex<State>,
    work: Condvar,
    max_frames: usize,
    max_bytes: usize,
}

impl Queue {
    pub(crate) fn new(max_frames: usize, max_bytes: usize) -> Self {
        Self {
            state: Mutex::default(),
            work: Condvar::new(),
            max_frames: max_frames.max(1),
            max_bytes,
        }
    }

    /// Queues a frame, or puts it in the line when the queue is full; both in the order of calls.
    pub(crate) fn push(self: &Arc<Self>, bytes: Bytes) -> Waiting {
        let (reply, answer) = oneshot::channel();
        let mut ticket = None;
        let mut state = self.state.lock();
        if let Some(error) = &state.failed {
            // The receiver is in our hands: it cannot be gone.
            let _ = reply.send(Err(error.clone()));
        } else if state.line.is_empty() && self.has_room(&state, bytes.len()) {
            state.ready_bytes += bytes.len();
            state.ready.push(Item { bytes, reply });
            // A writer that is at work looks into the queue anyway before it sleeps.
            if std::mem::take(&mut state.idle) {
                self.work.notify_one();
            }
        } else {
            state.next_ticket += 1;
            let number = state.next_ticket;
            state.line.insert(number, Item { bytes, reply });
            ticket = Some(number);
        }
        drop(state);
        Waiting {
            queue: self.clone(),
            ticket,
            answer,
        }
    }

    fn has_room(&self, state: &State, bytes: usize) -> bool {
        state.ready.is_empty()
            || (state.ready.len() < self.max_frames && state.ready_bytes.saturating_add(bytes) <= self.max_bytes)
    }

    /// Waits for frames and swaps them into `batch`, which must be empty. `false` when the log was closed and all is done.
    pub(crate) fn take(&self, batch: &mut Vec<Item>) -> bool {
        let mut state = self.state.lock();
        while state.ready.is_empty() {
            if state.stopping || state.failed.is_some() {
                return false;
            }
            state.idle = true;
            self.work.wait(&mut state);
        }
        std::mem::swap(&mut state.ready, batch);
        state.ready_bytes = 0;
        while let Some(first) = state.line.first_entry() {
            let length = first.get().bytes.len();
            if !self.has_room(&state, length) {
                break;
            }
            if let Some((_, item)) = state.line.pop_first() {
                state.ready_bytes += length;
                state.ready.push(item);
            }
        }
        true
    }

    /// Lets the writer finish what is queued and then stop.
    pub(crate) fn stop(&self) {
        let mut state = self.state.lock();
        state.stopping = true;
        state.idle = false;
        self.work.notify_one();
    }

    /// Answers everything that waits, and all that will come, with the error.
    pub(crate) fn fail(&self, error: &PortError) {
        let mut state = self.state.lock();
        state.failed.get_or_insert_with(|| error.clone());
        let waiting = std::mem::take(&mut state.ready);
        let line = std::mem::take(&mut state.line);
        drop(state);
        for item in waiting.into_iter().chain(line.into_values()) {
            // A caller that has gone does not want the answer.
            let _ = item.reply.send(Err(error.clone()));
        }
    }

    /// Frames in the queue and in the line.
    #[cfg(test)]
    fn lengths(&self) -> (usize, usize) {
        let state = self.state.lock();
        (state.ready.len(), state.line.len())
    }
}

/// The answer to one append.
#[derive(Debug)]
pub(crate) struct Waiting {
    queue: Arc<Queue>,
    ticket: Option<u64>,
    answer: oneshot::Receiver<Result<Position>>,
}

impl Future for Waiting {
    type Output = Result<Position>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let answer = std::task::ready!(Pin::new(&mut self.answer).poll(context));
        self.ticket = None;
        Poll::Ready(answer.unwrap_or_else(|_| Err(PortError::Unavailable("the log was closed".to_owned()))))
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket {
            self.queue.state.lock().line.remove(&ticket);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_queue_lets_wait_in_order_and_only_as_long_as_the_caller_waits() {
        let queue = Arc::new(Queue::new(2, 1_000));
        let waiting: Vec<Waiting> = (0..6_u8).map(|number| queue.push(Bytes::from(vec![number]))).collect();
        assert_eq!(queue.lengths(), (2, 4));
        let mut kept = Vec::new();
        for (number, waiting) in waiting.into_iter().enumerate() {
            // The first is in the queue already: its frame stays. The third is in the line: its frame goes.
            if number != 0 && number != 2 {
                kept.push(waiting);
            }
        }
        let mut written = Vec::new();
        let mut batch = Vec::new();
        queue.stop();
        while queue.take(&mut batch) {
            written.extend(batch.drain(..).map(|item| item.bytes[0]));
        }
        assert_eq!(written, [0, 1, 3, 4, 5]);
    }

    #[test]
    fn a_frame_larger_than_the_queue_passes_alone() {
        let queue = Arc::new(Queue::new(10, 10));
        let _large = queue.push(Bytes::from(vec![0; 100]));
        let _small = queue.push(Bytes::from(vec![0; 1]));
        assert_eq!(queue.lengths(), (1, 1));
    }

    #[tokio::test]
    async fn after_a_failure_everybody_hears_of_it() {
        let queue = Arc::new(Queue::new(1, 10));
        let waiting = [
            queue.push(Bytes::from_static(b"a")),
            queue.push(Bytes::from_static(b"b")),
        ];
        let error = PortError::Unavailable("broken".to_owned());
        queue.fail(&error);
        for waiting in waiting {
            assert_eq!(waiting.await, Err(error.clone()));
        }
        assert_eq!(queue.push(Bytes::new()).await, Err(error));
        assert!(!queue.take(&mut Vec::new()));
    }
}
