//! The one thread that writes. Transactions that wait share one SQLite commit, so one fsync serves them all.

use super::apply::{Refusal, apply, forget};
use super::failure::of_write;
use super::names::Names;
use super::prepare::Prepared;
use ports::error::{PortError, Result};
use ports::records::Committed;
use rusqlite::{Connection, params};
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot, watch};

/// A shared commit closes after this time, even if more is waiting (SEMANTICS 19).
const LONGEST: Duration = Duration::from_millis(5);
/// A shared commit closes after this many changes and facts, even if more is waiting (SEMANTICS 19).
const LARGEST: usize = 500;
/// Pages of the write-ahead log that wait for a checkpoint (16 MiB).
const CHECKPOINT_PAGES: i64 = 4_096;

/// What the writer is asked to do.
#[derive(Debug)]
pub(super) enum Work {
    Commit(Prepared),
    Forget(u64),
    /// Sets the largest size of the file, in bytes.
    Limit(u64),
}

/// What the writer did.
#[derive(Debug)]
pub(super) enum Outcome {
    Committed(Committed),
    Forgotten(u64),
    Limited,
}

/// Work with the place in the queue that it takes.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) work: Work,
    pub(super) answer: oneshot::Sender<Result<Outcome>>,
    pub(super) _place: OwnedSemaphorePermit,
}

/// The state of the writing thread.
#[derive(Debug)]
pub(super) struct Writer {
    pub(super) connection: Connection,
    pub(super) names: Names,
    pub(super) head: watch::Sender<u64>,
    pub(super) failed: watch::Sender<Option<String>>,
}

impl Writer {
    /// Works until every handle is gone.
    pub(super) fn run(mut self, mut queue: mpsc::Receiver<Job>) {
        while let Some(job) = queue.blocking_recv() {
            let stopped = self.failed.borrow().clone();
            if let Some(error) = stopped {
                let _ = job.answer.send(Err(stop_answer(&error)));
                continue;
            }
            self.turn(job, &mut queue);
        }
        // the next opening starts with an empty write-ahead log; if this fails, it simply recovers a longer one
        let _ = self.connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)");
    }

    /// One shared commit: `first` and whatever else waits by then.
    fn turn(&mut self, first: Job, queue: &mut mpsc::Receiver<Job>) {
        let began = Instant::now();
        let mut jobs = vec![first];
        let mut size = 0;
        let outcomes = self.try_together(|writer, outcomes| {
            loop {
                let Some(job) = jobs.last() else { return Ok(()) };
                size += weight(&job.work);
                outcomes.push(writer.work(&job.work)?);
                if size >= LARGEST || began.elapsed() >= LONGEST {
                    return Ok(());
                }
                let Ok(next) = queue.try_recv() else { return Ok(()) };
                jobs.push(next);
            }
        });
        match outcomes {
            Ok(outcomes) => {
                metrics::counter!("hanoi_ioc_embedded_commits_total").increment(1);
                metrics::counter!("hanoi_ioc_embedded_transactions_total").increment(jobs.len() as u64);
                metrics::histogram!("hanoi_ioc_embedded_commit_seconds").record(began.elapsed().as_secs_f64());
                for (job, outcome) in jobs.into_iter().zip(outcomes) {
                    let _ = job.answer.send(outcome);
                }
            }
            Err(error) => self.one_by_one(jobs, &error),
        }
        self.checkpoint();
    }

    /// After a shared commit has failed: each transaction alone, so that a large one cannot harm a small one.
    fn one_by_one(&mut self, jobs: Vec<Job>, first: &rusqlite::Error) {
        let mut answer = self.judge(first);
        // on a full disk, room in the write-ahead log may come free
        self.checkpoint_now();
        for job in jobs {
            if self.failed.borrow().is_some() {
                let _ = job.answer.send(Err(stop_answer(&answer)));
                continue;
            }
            let outcome = self.try_together(|writer, outcomes| {
                outcomes.push(writer.work(&job.work)?);
                Ok(())
            });
            let outcome = match outcome {
                Ok(mut outcomes) => outcomes
                    .pop()
                    .unwrap_or_else(|| Err(PortError::Unavailable("no answer".to_owned()))),
                Err(error) => {
                    answer = self.judge(&error);
                    Err(answer.clone())
                }
            };
            let _ = job.answer.send(outcome);
        }
    }

    /// Runs `all` inside one SQLite transaction. The head moves before anybody is answered.
    fn try_together(
        &mut self,
        all: impl FnOnce(&mut Self, &mut Vec<Result<Outcome>>) -> rusqlite::Result<()>,
    ) -> rusqlite::Result<Vec<Result<Outcome>>> {
        let mut outcomes = Vec::new();
        let done = self
            .connection
            .prepare_cached("BEGIN IMMEDIATE")
            .and_then(|mut begin| begin.execute([]))
            .and_then(|_| all(self, &mut outcomes))
            .and_then(|()| self.connection.prepare_cached("COMMIT")?.execute([]));
        if let Err(error) = done {
            if !self.connection.is_autocommit() {
                let _ = self.connection.execute_batch("ROLLBACK");
            }
            self.names.clear();
            return Err(error);
        }
        let last = outcomes.iter().rev().find_map(|outcome| match outcome {
            Ok(Outcome::Committed(committed)) => committed.journal,
            _ => None,
        });
        if let Some(last) = last {
            self.head.send_replace(last);
        }
        Ok(outcomes)
    }

    fn work(&mut self, work: &Work) -> rusqlite::Result<Result<Outcome>> {
        match work {
            Work::Commit(transaction) => match apply(&self.connection, &mut self.names, transaction) {
                Ok(committed) => Ok(Ok(Outcome::Committed(committed))),
                Err(Refusal::Conflict(error)) => Ok(Err(error)),
                Err(Refusal::Sql(error)) => Err(error),
            },
            Work::Forget(number) => Ok(Ok(Outcome::Forgotten(forget(&self.connection, *number)?))),
            Work::Limit(bytes) => {
                limit(&self.connection, *bytes)?;
                Ok(Ok(Outcome::Limited))
            }
        }
    }

    /// What the callers hear; a fatal error stops all later writes.
    fn judge(&self, error: &rusqlite::Error) -> PortError {
        let (answer, fatal) = of_write(error);
        metrics::counter!("hanoi_ioc_embedded_failed_commits_total").increment(1);
        if fatal {
            tracing::error!(%error, "records are stopped: after this error nobody knows what is stored");
            self.failed.send_replace(Some(answer.to_string()));
            return stop_answer(&answer);
        }
        tracing::warn!(%error, "a commit failed and was rolled back");
        answer
    }

    fn checkpoint(&mut self) {
        let waiting = self.connection.query_row("PRAGMA wal_checkpoint(NOOP)", [], |row| {
            let (in_log, copied): (i64, i64) = (row.get(1)?, row.get(2)?);
            Ok(in_log - copied)
        });
        if waiting.is_ok_and(|pages| pages >= CHECKPOINT_PAGES) {
            self.checkpoint_now();
        }
    }

    fn checkpoint_now(&mut self) {
        let done = self
            .connection
            .query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
        if let Err(error) = done {
            self.judge(&error);
        }
    }
}

/// Sets the largest size of the file; what is larger already stays.
pub(super) fn limit(connection: &Connection, bytes: u64) -> rusqlite::Result<()> {
    let page: i64 = connection.pragma_query_value(None, "page_size", |row| row.get(0))?;
    let pages = i64::try_from(bytes).unwrap_or(i64::MAX) / page.max(1);
    connection.query_row(
        &format!("PRAGMA max_page_count = {}", pages.clamp(1, 4_294_967_294)),
        params![],
        |_| Ok(()),
    )
}

fn weight(work: &Work) -> usize {
    match work {
        Work::Commit(transaction) => (transaction.changes.len() + transaction.facts.len()).max(1),
        Work::Forget(_) => 200,
        Work::Limit(_) => 1,
    }
}

fn stop_answer(error: &impl std::fmt::Display) -> PortError {
    PortError::Unavailable(format!(
        "records have stopped writing after an error; restart the program ({error})"
    ))
}
