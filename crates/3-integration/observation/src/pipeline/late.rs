//! The lane of submissions whose rows are older than what is remembered: the log is asked, one submission at a time.
//!
//! A submission waits until everything that was on its way when it came is durable, so that the look-up sees it; the next
//! one waits until the one before has landed; rows of the same names that set out meanwhile are watched. So no two rows of
//! the same time pass each other.

use super::fold::{Fold, Watch, print};
use super::group::Stored;
use super::spans::Span;
use crate::model::Checked;
use kernel::position::Position;
use kernel::series::SeriesId;
use kernel::time::Timestamp;
use ports::error::PortError;
use ports::series::SeriesLog;
use rustc_hash::FxHashSet;
use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;

type Looking = Pin<Box<dyn Future<Output = Result<Stored, PortError>> + Send>>;

/// The lane.
#[derive(Default)]
pub(super) struct Late {
    waiting: VecDeque<Checked>,
    /// The next one, until everything that was on its way when its turn came has landed.
    next: Option<Next>,
    looking: Option<(Checked, Looking)>,
    /// The last one found is on its way to the disk.
    flying: bool,
}

struct Next {
    job: Checked,
    /// Groups that must have landed.
    after: u64,
}

/// A submission with what the log holds at its times.
pub(super) struct Found {
    pub(super) job: Checked,
    pub(super) result: Result<Stored, PortError>,
}

impl Late {
    /// A submission joins the lane.
    pub(super) fn wait(&mut self, job: Checked) {
        metrics::counter!("hanoi_ioc_observation_late_total").increment(1);
        self.waiting.push_back(job);
    }

    /// Whether something is in the lane.
    pub(super) fn is_busy(&self) -> bool {
        !self.waiting.is_empty() || self.next.is_some() || self.looking.is_some()
    }

    /// The group of the last one found has landed.
    pub(super) fn landed(&mut self) {
        self.flying = false;
    }

    /// Gives the next one its turn, and starts its look-up when what was on its way then has landed. `sent` and `landed`
    /// count groups. Steady traffic does not hold it up: what sets out after its turn came is watched.
    pub(super) fn advance(&mut self, log: &SeriesLog, sent: u64, landed: u64, fold: &mut Fold) {
        if self.looking.is_some() || self.flying {
            return;
        }
        if self.next.is_none()
            && let Some(job) = self.waiting.pop_front()
        {
            let wanted = job
                .batch
                .series
                .iter()
                .copied()
                .zip(job.batch.time.iter().copied())
                .collect();
            fold.watch = Some(Watch {
                wanted,
                ..Watch::default()
            });
            self.next = Some(Next { job, after: sent });
        }
        if let Some(Next { job, .. }) = self.next.take_if(|next| landed >= next.after) {
            let wanted = fold
                .watch
                .as_ref()
                .map(|watch| watch.wanted.clone())
                .unwrap_or_default();
            let mut times = job.batch.time.clone();
            times.sort_unstable();
            let looking = Box::pin(look_up(log.clone(), wanted, fold.spans.holding(&times)));
            self.looking = Some((job, looking));
        }
    }

    /// Resolves when the look-up under way has ended; never while there is none.
    pub(super) async fn found(&mut self) -> Found {
        let Some((_, looking)) = &mut self.looking else {
            return std::future::pending().await;
        };
        let result = looking.as_mut().await;
        match self.looking.take() {
            Some((job, _)) => {
                self.flying = true;
                Found { job, result }
            }
            None => std::future::pending().await,
        }
    }
}

const BYTES: usize = 4 << 20;

async fn look_up(
    log: SeriesLog,
    wanted: FxHashSet<(SeriesId, Timestamp)>,
    spans: Vec<Span>,
) -> Result<Stored, PortError> {
    let mut stored = Stored::default();
    for span in spans {
        let mut after = span.after;
        while after < span.until {
            let blocks = log.read(after, BYTES).await?;
            let Some(last) = blocks.last().map(|(position, _)| *position) else {
                break;
            };
            for (position, block) in blocks {
                if position <= span.until {
                    note(&block.batch, &wanted, &mut stored);
                }
            }
            after = last.max(Position {
                sequence: after.sequence + 1,
                ..after
            });
        }
    }
    Ok(stored)
}

fn note(batch: &kernel::batch::Batch, wanted: &FxHashSet<(SeriesId, Timestamp)>, stored: &mut Stored) {
    for row in 0..batch.len() {
        let name = (batch.series[row], batch.time[row]);
        if wanted.contains(&name) {
            stored.insert(name, print(batch, row));
        }
    }
}
