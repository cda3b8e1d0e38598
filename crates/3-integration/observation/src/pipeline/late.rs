//! The lane of submissions whose rows are older than what is remembered: the log is asked, one submission at a time.
//!
//! A submission waits until everything that was on its way when it came is durable, so that the look-up sees it; the next
//! one waits until the one before has landed; rows of the same names that set out meanwhile are watched. So no two rows of
//! the same time pass each other.

use super::fold::{Fold, Watch, print};
use super::group::{Sent, Stored};
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
    looking: Option<(Checked, Looking)>,
    /// The last one found is on its way to the disk.
    flying: bool,
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
        !self.waiting.is_empty() || self.looking.is_some()
    }

    /// The group of the last one found has landed.
    pub(super) fn landed(&mut self) {
        self.flying = false;
    }

    /// Starts the next look-up when nothing is on its way.
    pub(super) fn advance(&mut self, log: &SeriesLog, groups: &VecDeque<Sent>, fold: &mut Fold) {
        if self.looking.is_some() || self.flying || !groups.is_empty() {
            return;
        }
        if let Some(job) = self.waiting.pop_front() {
            let batch = &job.batch;
            let wanted: FxHashSet<_> = batch.series.iter().copied().zip(batch.time.iter().copied()).collect();
            let mut times = batch.time.clone();
            times.sort_unstable();
            fold.watch = Some(Watch {
                wanted: wanted.clone(),
                ..Watch::default()
            });
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
