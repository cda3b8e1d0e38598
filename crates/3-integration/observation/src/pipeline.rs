//! One thread through which every row goes: duplicates out, block to the log, and only then values, answers and rules.
//!
//! The thread owns all state ([`fold::Fold`]); nothing else writes it. At most `in_flight` blocks are on their way to the
//! disk; while they are, whatever arrives is gathered into the next block, so many senders share one fsync. A row that is
//! older than what the fold remembers waits in the [`late`] lane until the log was asked.

mod fold;
mod group;
mod late;
mod recover;
mod signals;
mod snapshot;
mod spans;

pub use snapshot::PIN;

use crate::error::{IntakeFailure, ObservationError};
use crate::latest::Latest;
use crate::model::{Checked, Limits};
use crate::series::SeriesRegistry;
use fold::Fold;
use futures::stream::{FuturesOrdered, StreamExt};
use group::{Group, Sent};
use kernel::clock::Clock;
use kernel::id::TenantId;
use late::Late;
use ports::objects::Objects;
use ports::records::Records;
use ports::series::SeriesLog;
use rule::model::Rule;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot, watch};
use tokio_util::sync::CancellationToken;

/// Everything that the pipeline stands on.
#[derive(Debug)]
pub struct Ground {
    /// The hot log.
    pub log: SeriesLog,
    /// Where snapshots lie.
    pub objects: Arc<dyn Objects>,
    /// Where signals are published.
    pub records: Arc<dyn Records>,
    /// The series.
    pub registry: Arc<SeriesRegistry>,
    /// The latest values.
    pub latest: Arc<Latest>,
    /// The clock of rules.
    pub clock: Arc<dyn Clock>,
    /// Limits.
    pub limits: Limits,
    /// Tenant.
    pub tenant: TenantId,
}

/// What is asked of a running pipeline.
#[derive(Debug)]
pub enum Ask {
    /// Take these rules from now on; the answer says what is wrong with them.
    Rules(Vec<Rule>, oneshot::Sender<Result<(), String>>),
    /// Write a snapshot now.
    Snapshot(oneshot::Sender<()>),
}

/// How a start went.
#[derive(Clone, Copy, Debug, Default)]
pub struct Recovered {
    /// Blocks read from the log after the snapshot.
    pub blocks: u64,
    /// Rows in them.
    pub rows: u64,
    /// Whether a snapshot was found.
    pub from_snapshot: bool,
}

/// Restores the state and starts the thread. It ends when `stop` is cancelled and everything accepted is answered; `ended`
/// then says so.
pub async fn start(
    ground: Ground,
    rules: Vec<Rule>,
    jobs: mpsc::Receiver<Checked>,
    asks: mpsc::Receiver<Ask>,
    stop: CancellationToken,
) -> Result<(Recovered, watch::Receiver<bool>), ObservationError> {
    let runtime = tokio::runtime::Handle::current();
    let (mut publisher, signals) = signals::channel();
    let publishing = runtime.spawn(signals::publish(
        Arc::clone(&ground.records),
        ground.tenant.clone(),
        signals,
    ));
    let (fold, recovered) = recover::recover(&ground, rules, &mut publisher).await?;
    let (ended, has_ended) = watch::channel(false);
    let pipeline = Pipeline {
        fold,
        publisher,
        jobs,
        asks,
        flying: FuturesOrdered::new(),
        groups: VecDeque::new(),
        sent: 0,
        landed: 0,
        late: Late::default(),
        broken: None,
        ground,
    };
    let thread = std::thread::Builder::new()
        .name("observation".to_owned())
        .spawn(move || {
            let local = tokio::runtime::Builder::new_current_thread().enable_time().build();
            match local {
                Ok(local) => local.block_on(pipeline.run(stop)),
                Err(error) => tracing::error!(%error, "the observation thread cannot start"),
            }
            drop(runtime.block_on(publishing));
            ended.send_replace(true);
        });
    thread.map_err(|error| ObservationError::Unreadable {
        what: "observation thread".to_owned(),
        why: error.to_string(),
    })?;
    Ok((recovered, has_ended))
}

/// How often timers of rules are looked at (wall time; what is due is judged by the injected clock).
const TICK: Duration = Duration::from_millis(200);
/// Longest time that a block is held open for senders that are about to speak.
const GATHER: Duration = Duration::from_millis(1);
/// A block of this many rows is worth its sync.
const ENOUGH: usize = 256;
/// After a full disk, how long submissions are refused before the next one tries.
const REST: Duration = Duration::from_millis(100);

struct Pipeline {
    fold: Fold,
    publisher: signals::Publisher,
    jobs: mpsc::Receiver<Checked>,
    asks: mpsc::Receiver<Ask>,
    flying: FuturesOrdered<ports::log::Appending>,
    /// What is flying, in the same order.
    groups: VecDeque<Sent>,
    /// Groups that ever set out, and that have landed.
    sent: u64,
    landed: u64,
    late: Late,
    /// Until when everything is refused, and how.
    broken: Option<(tokio::time::Instant, IntakeFailure)>,
    ground: Ground,
}

impl Pipeline {
    async fn run(mut self, stop: CancellationToken) {
        let mut tick = tokio::time::interval(TICK);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut open = true;
        while open || !self.groups.is_empty() || self.late.is_busy() {
            let room = self.groups.len() < self.ground.limits.in_flight && !self.fold.snapshot_due();
            tokio::select! {
                biased;
                Some(position) = self.flying.next(), if !self.groups.is_empty() => self.land(position).await,
                found = self.late.found(), if self.late.is_busy() && room => self.take_late(found),
                job = self.jobs.recv(), if open && room => match job {
                    Some(job) => self.gather(job),
                    None => open = false,
                },
                _ = tick.tick() => self.tick().await,
                Some(ask) = self.asks.recv() => self.answer(ask).await,
                () = stop.cancelled(), if open => {
                    self.jobs.close();
                    open = !self.jobs.is_empty();
                }
            }
            if self.groups.is_empty() && self.fold.snapshot_due() {
                self.snapshot().await;
            }
            self.late
                .advance(&self.ground.log, self.sent, self.landed, &mut self.fold);
        }
        self.snapshot().await;
    }

    /// Everything that waits, up to the size of a block, becomes one group. On a busy machine this thread is often woken
    /// for the first of many senders that are about to speak: it lets them, for as long as each turn brings somebody.
    fn gather(&mut self, first: Checked) {
        let mut group = Group::default();
        let mut next = Some(first);
        let until = std::time::Instant::now() + GATHER;
        loop {
            let mut came = 0;
            while let Some(job) = next {
                self.take(job, &mut group);
                came += 1;
                next = (group.rows() < self.ground.limits.block_rows)
                    .then(|| self.jobs.try_recv().ok())
                    .flatten();
            }
            if came == 0 || group.rows() >= ENOUGH || std::time::Instant::now() >= until {
                break;
            }
            std::thread::yield_now();
            next = self.jobs.try_recv().ok();
        }
        self.send(group);
    }

    fn take(&mut self, job: Checked, group: &mut Group) {
        if let Some((until, failure)) = &self.broken {
            if tokio::time::Instant::now() < *until {
                let _ = job.reply.send(Err(failure.clone()));
                return;
            }
            self.broken = None;
        }
        self.fold.know(&job.batch, &self.ground.registry);
        if let Some(late) = group.take(job, &mut self.fold, &self.groups, None) {
            self.late.wait(late);
        }
    }

    fn take_late(&mut self, found: late::Found) {
        let mut group = Group::default();
        group.is_late = true;
        match found.result {
            Ok(mut stored) => {
                stored.extend(self.fold.watch.take().unwrap_or_default().noted);
                drop(group.take(found.job, &mut self.fold, &self.groups, Some(stored)));
            }
            Err(error) => drop(found.job.reply.send(Err(error.into()))),
        }
        self.send(group);
    }

    /// Sends a group on its way; a group without a block only waits for those before it.
    fn send(&mut self, mut group: Group) {
        let landing: ports::log::Appending = match group.block() {
            Some(block) => self.ground.log.append(block),
            None => Box::pin(std::future::ready(Ok(kernel::position::Position::START))),
        };
        self.flying.push_back(landing);
        self.groups.push_back(group.sent());
        self.sent += 1;
    }

    async fn land(&mut self, landed: ports::error::Result<kernel::position::Position>) {
        let Some(mut group) = self.groups.pop_front() else {
            return;
        };
        self.landed += 1;
        if group.is_late {
            self.late.landed();
        }
        match landed {
            Ok(position) => {
                let mut transitions = Vec::new();
                self.fold.apply(&group.block, position, &self.ground.latest);
                group.answer(position);
                self.fold.judge(&group.block, &self.ground.registry, &mut transitions);
                self.publisher.send(&transitions, &self.ground.registry).await;
            }
            Err(error) => {
                tracing::warn!(%error, "a block could not be stored; its senders are told");
                let failure = IntakeFailure::from(error);
                self.fold.recall(&group, &mut self.groups);
                group.fail(&failure);
                self.broken = Some((tokio::time::Instant::now() + REST, failure));
            }
        }
    }

    async fn tick(&mut self) {
        let mut transitions = Vec::new();
        self.fold
            .tick(self.ground.clock.now(), &self.ground.registry, &mut transitions);
        self.publisher.send(&transitions, &self.ground.registry).await;
        metrics::gauge!("hanoi_ioc_observation_queue").set(self.jobs.len() as f64);
    }

    async fn answer(&mut self, ask: Ask) {
        match ask {
            Ask::Rules(rules, reply) => {
                let mut transitions = Vec::new();
                let now = self.ground.clock.now();
                let done = self
                    .fold
                    .replace_rules(rules, &self.ground.registry, now, &mut transitions);
                self.publisher.send(&transitions, &self.ground.registry).await;
                let _ = reply.send(done);
            }
            Ask::Snapshot(reply) => {
                while let Some(landed) = self.flying.next().await {
                    self.land(landed).await;
                }
                self.snapshot().await;
                let _ = reply.send(());
            }
        }
    }

    /// Nothing is flying: the state is exactly that of one position. The signals of that state go first; while they cannot,
    /// there is no snapshot, and a restart reads more of the log.
    async fn snapshot(&mut self) {
        self.fold.since_snapshot = 0;
        if !self.publisher.flushed().await {
            tracing::warn!("signals wait for the journal; the snapshot is put off");
        } else if let Err(error) = snapshot::write(&self.fold, &self.ground).await {
            tracing::warn!(%error, "the snapshot could not be written; the next one is tried later");
        }
    }
}
