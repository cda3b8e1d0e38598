//! A log that fails on purpose: refuses, is full, is slow, or stops for good at a chosen append.

use crate::fault::{CrashPoint, Faults, State, WriteFaults, wait};
use async_trait::async_trait;
use bytes::Bytes;
use kernel::position::Position;
use parking_lot::Mutex;
use ports::error::{PortError, Result};
use ports::log::{Appending, Frame, Log, LogUsage};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// What goes wrong, as probabilities from 0 to 1, and when.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LogFaults {
    /// An append is answered with [`PortError::Unavailable`] and stores nothing.
    pub append_error: f64,
    /// An append is answered with [`PortError::Full`] and stores nothing.
    pub append_full: f64,
    /// An append is stored and answered with [`PortError::Unavailable`]: the caller cannot know.
    pub lost_answer: f64,
    /// A read fails.
    pub read_error: f64,
    /// A pin or a release fails and does nothing.
    pub pin_error: f64,
    /// Answers come up to this much later, by tokio's clock.
    pub max_delay: Duration,
    /// The number (from 1) of the append at which the log stops for good, and how.
    pub crash: Option<(u64, CrashPoint)>,
}

impl Faults for LogFaults {
    const NAME: [&'static str; 3] = ["the faulty log", "has", "was"];

    fn writes(&self) -> WriteFaults {
        WriteFaults {
            error: self.append_error,
            full: self.append_full,
            lost_answer: self.lost_answer,
            max_delay: self.max_delay,
            crash: self.crash,
        }
    }
}

/// A decorator over any log. Equal seeds and equal calls give equal faults.
#[derive(Clone, Debug)]
pub struct FaultyLog {
    inner: Arc<dyn Log>,
    state: Arc<Mutex<State<LogFaults>>>,
}

impl FaultyLog {
    /// Stands before `inner`.
    pub fn new(inner: Arc<dyn Log>, seed: u64, faults: LogFaults) -> Self {
        Self {
            inner,
            state: State::shared(seed, faults),
        }
    }

    /// Changes what goes wrong from now on. A crash is not undone.
    pub fn set_faults(&self, faults: LogFaults) {
        self.state.lock().faults = faults;
    }

    /// With `true` every append is refused as full, until `false`.
    pub fn set_full(&self, full: bool) {
        self.state.lock().full = full;
    }

    /// Whether the crash point was passed.
    pub fn has_crashed(&self) -> bool {
        self.state.lock().crashed
    }

    /// Appends that were asked for.
    pub fn appends(&self) -> u64 {
        self.state.lock().writes
    }

    async fn pass(&self, probability: impl Fn(&LogFaults) -> f64) -> Result<()> {
        let (outcome, delay) = {
            let mut state = self.state.lock();
            let delay = state.delay();
            let probability = probability(&state.faults);
            let fails = state.crashed || state.chance(probability);
            (if fails { Err(state.unavailable()) } else { Ok(()) }, delay)
        };
        wait(delay).await;
        outcome
    }
}

#[async_trait]
impl Log for FaultyLog {
    fn append(&self, frame: Bytes) -> Appending {
        // Judged and queued here, not when the future is polled, so that the order of calls is kept.
        let (verdict, delay) = {
            let mut state = self.state.lock();
            let verdict = state.judge();
            (verdict, state.delay())
        };
        let inner = verdict.stores.then(|| self.inner.append(frame));
        Box::pin(async move {
            let answer = match inner {
                Some(inner) => Some(inner.await),
                None => None,
            };
            wait(delay).await;
            match (verdict.instead, answer) {
                (Some(error), _) => Err(error),
                (None, Some(answer)) => answer,
                (None, None) => Err(PortError::Unavailable("the faulty log answers nothing".to_owned())),
            }
        })
    }

    fn head(&self) -> watch::Receiver<Position> {
        self.inner.head()
    }

    async fn read(&self, after: Position, max_bytes: usize) -> Result<Vec<Frame>> {
        self.pass(|faults| faults.read_error).await?;
        self.inner.read(after, max_bytes).await
    }

    async fn pin(&self, consumer: &str, position: Position) -> Result<()> {
        self.pass(|faults| faults.pin_error).await?;
        self.inner.pin(consumer, position).await
    }

    async fn pins(&self) -> Result<Vec<(String, Position)>> {
        self.inner.pins().await
    }

    async fn release(&self, position: Position) -> Result<u64> {
        self.pass(|faults| faults.pin_error).await?;
        self.inner.release(position).await
    }

    fn usage(&self) -> LogUsage {
        self.inner.usage()
    }
}

#[cfg(test)]
mod tests;
