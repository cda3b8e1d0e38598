//! The way of the trail to the SIEM: everything, in order, at least once, with bounded memory.

use crate::error::SiemError;
use crate::format::syslog::{self, Header};
use crate::format::{Event, Format};
use crate::sink::{Connection, Target};
use audit::trail::Trail;
use kernel::clock::Clock;
use kernel::position::Position;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// The name of the pin in the audit log.
pub const PIN: &str = "siem";

/// How the export behaves.
#[derive(Clone, Debug)]
pub struct Options {
    /// What is inside a message.
    pub format: Format,
    /// What is the same in all messages.
    pub header: Header,
    /// Bytes of records that are read, and so messages that are held in memory, at once.
    pub batch_bytes: usize,
    /// A connection with unconfirmed messages is confirmed after this time ...
    pub confirm_after: Duration,
    /// ... or after this many messages.
    pub confirm_messages: u64,
    /// What was confirmed is sent again if the other end fails within this time: it may have held messages in memory.
    pub settle: Duration,
    /// Wait after a first failure; it doubles with each further one.
    pub first_pause: Duration,
    /// Longest wait after failures.
    pub longest_pause: Duration,
}

impl Options {
    /// The usual behaviour.
    pub fn new(format: Format, header: Header) -> Self {
        Self {
            format,
            header,
            batch_bytes: 256 << 10,
            confirm_after: Duration::from_secs(5),
            confirm_messages: 5_000,
            settle: Duration::from_secs(15),
            first_pause: Duration::from_secs(1),
            longest_pause: Duration::from_secs(30),
        }
    }

    /// How long to wait after so many failures in a row.
    pub fn pause(&self, failures: u32) -> Duration {
        let doubled = self.first_pause.saturating_mul(1 << failures.saturating_sub(1).min(16));
        doubled.min(self.longest_pause)
    }
}

/// How far the export is, for those who watch it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Records that the other end has not confirmed.
    pub behind: u64,
    /// Age of the oldest of them.
    pub behind_for: Duration,
    /// Failures in a row.
    pub failures: u32,
    /// Messages that left, repeated ones included.
    pub sent: u64,
}

/// Sends the trail.
#[derive(Debug)]
pub struct Export {
    trail: Trail,
    target: Target,
    options: Options,
    wall: Arc<dyn Clock>,
    progress: watch::Sender<Progress>,
}

/// Where the export stands.
#[derive(Debug)]
struct Cursor {
    /// The next record to send.
    next: u64,
    /// Everything before it is safe at the other end.
    settled: u64,
    /// Confirmed, and not settled yet: when, and up to which record.
    confirmed: VecDeque<(Instant, u64)>,
}

impl Export {
    /// Sends what is in `trail` to `target`.
    pub fn new(trail: Trail, target: Target, options: Options, wall: Arc<dyn Clock>) -> Self {
        Self {
            trail,
            target,
            options,
            wall,
            progress: watch::Sender::default(),
        }
    }

    /// How far it is, with news of every change.
    pub fn progress(&self) -> watch::Receiver<Progress> {
        self.progress.subscribe()
    }

    /// Sends until `stop`; then what is unconfirmed is confirmed, if the other end answers.
    pub async fn run(&self, stop: CancellationToken) {
        let Some(mut cursor) = self.begin(&stop).await else {
            return;
        };
        let mut failures = 0;
        while !stop.is_cancelled() {
            if let Err(error) = self.connection(&mut cursor, &stop, &mut failures).await {
                failures += 1;
                metrics::counter!("hanoi_ioc_siem_failures_total").increment(1);
                if failures.is_power_of_two() {
                    tracing::warn!(%error, failures, "the trail does not reach the SIEM; it is kept and sent later");
                }
                let repeated = cursor.next - cursor.settled;
                metrics::counter!("hanoi_ioc_siem_repeated_total").increment(repeated);
                cursor.next = cursor.settled;
                cursor.confirmed.clear();
                self.tell(&cursor, failures).await;
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = tokio::time::sleep(self.options.pause(failures)) => {}
                }
            }
        }
    }

    /// Where to go on: behind the pin, once the tree has come that far.
    async fn begin(&self, stop: &CancellationToken) -> Option<Cursor> {
        let mut grows = self.trail.tree().grows();
        let pin = loop {
            match self.trail.log().pins().await {
                Ok(pins) => {
                    break pins
                        .into_iter()
                        .find(|(name, _)| name == PIN)
                        .map(|(_, position)| position);
                }
                Err(error) => tracing::warn!(%error, "the pin of the SIEM cannot be read"),
            }
            tokio::select! {
                () = stop.cancelled() => return None,
                () = tokio::time::sleep(self.options.first_pause) => {}
            }
        };
        let pin = match pin {
            Some(pin) => pin,
            None => {
                // from now on nothing is given back before it was sent
                if let Err(error) = self.trail.log().pin(PIN, Position::START).await {
                    tracing::warn!(%error, "the pin of the SIEM cannot be set");
                }
                Position::START
            }
        };
        loop {
            grows.mark_unchanged();
            if self.trail.tree().head().2 >= pin {
                let next = self.trail.tree().index_after(pin);
                return Some(Cursor {
                    next,
                    settled: next,
                    confirmed: VecDeque::new(),
                });
            }
            tokio::select! {
                () = stop.cancelled() => return None,
                changed = grows.changed() => changed.ok()?,
            }
        }
    }

    /// One connection: from the first message to its confirmation.
    async fn connection(
        &self,
        cursor: &mut Cursor,
        stop: &CancellationToken,
        failures: &mut u32,
    ) -> Result<(), SiemError> {
        let mut grows = self.trail.tree().grows();
        // no connection before there is something to say
        while self.trail.tree().size() <= cursor.next {
            self.settle(cursor, Instant::now()).await?;
            self.tell(cursor, *failures).await;
            grows.mark_unchanged();
            if self.trail.tree().size() > cursor.next {
                break;
            }
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                changed = grows.changed() => if changed.is_err() { return Ok(()) },
                () = tokio::time::sleep(self.options.settle.max(Duration::from_millis(1))) => {}
            }
        }
        let mut connection = self.target.connect().await?;
        let (began, first) = (Instant::now(), cursor.next);
        loop {
            self.send(&mut connection, cursor).await?;
            self.settle(cursor, Instant::now()).await?;
            self.tell(cursor, *failures).await;
            let left = self.options.confirm_after.saturating_sub(began.elapsed());
            let count = cursor.next - first;
            if left.is_zero() || count >= self.options.confirm_messages || stop.is_cancelled() {
                break;
            }
            grows.mark_unchanged();
            if self.trail.tree().size() > cursor.next {
                continue;
            }
            tokio::select! {
                () = stop.cancelled() => {}
                error = connection.ended() => return Err(error),
                changed = grows.changed() => if changed.is_err() { break },
                () = tokio::time::sleep(left) => {}
            }
        }
        connection.confirm().await?;
        *failures = 0;
        metrics::counter!("hanoi_ioc_siem_confirmed_total").increment(cursor.next - first);
        cursor.confirmed.push_back((Instant::now(), cursor.next));
        self.settle(cursor, Instant::now()).await?;
        self.tell(cursor, 0).await;
        Ok(())
    }

    /// Sends some records, at most what `confirm_messages` allows together.
    async fn send(&self, connection: &mut Connection, cursor: &mut Cursor) -> Result<(), SiemError> {
        let (entries, next) = self.trail.read(cursor.next, u64::MAX, self.options.batch_bytes).await?;
        let mut frames = Vec::with_capacity(self.options.batch_bytes * 2);
        let mut count = 0;
        for entry in &entries {
            let Ok(event) = Event::of(entry) else {
                // one that cannot be read must not hold up the others; it stays in the log
                metrics::counter!("hanoi_ioc_siem_unreadable_total").increment(1);
                tracing::error!(
                    index = entry.index,
                    "a record of the trail cannot be read and is not sent"
                );
                continue;
            };
            syslog::frame(
                &mut frames,
                &syslog::message(&self.options.header, &event, self.options.format),
            );
            count += 1;
        }
        if !frames.is_empty() {
            connection.send(&frames).await?;
        }
        cursor.next = next.max(cursor.next);
        metrics::counter!("hanoi_ioc_siem_sent_total").increment(count);
        self.progress.send_modify(|progress| progress.sent += count);
        Ok(())
    }

    /// Moves the pin over what was confirmed long enough ago.
    async fn settle(&self, cursor: &mut Cursor, now: Instant) -> Result<(), SiemError> {
        let mut settled = None;
        while let Some((at, next)) = cursor.confirmed.front().copied() {
            if now.saturating_duration_since(at) < self.options.settle {
                break;
            }
            cursor.confirmed.pop_front();
            settled = Some(next);
        }
        if let Some(next) = settled
            && let Some(position) = next.checked_sub(1).and_then(|last| self.trail.tree().position_of(last))
        {
            self.trail.log().pin(PIN, position).await?;
            cursor.settled = next;
        }
        Ok(())
    }

    /// Writes down how far it is.
    async fn tell(&self, cursor: &Cursor, failures: u32) {
        let size = self.trail.tree().size();
        let safe = cursor.confirmed.back().map_or(cursor.settled, |(_, next)| *next);
        let behind = size.saturating_sub(safe);
        let mut oldest = None;
        if behind > 0
            && let Ok((entries, _)) = self.trail.read(safe, safe + 1, 1).await
        {
            oldest = entries
                .first()
                .and_then(|entry| entry.record().ok())
                .map(|record| record.at);
        }
        let behind_for = oldest.map_or(Duration::ZERO, |at| self.wall.now().since(at));
        metrics::gauge!("hanoi_ioc_siem_behind_records").set(behind as f64);
        metrics::gauge!("hanoi_ioc_siem_behind_seconds").set(behind_for.as_secs_f64());
        self.progress.send_modify(|progress| {
            progress.behind = behind;
            progress.behind_for = behind_for;
            progress.failures = failures;
        });
    }
}
