//! Records that fail on purpose: refuse, are full, lose an answer, are slow, or stop for good at a chosen commit.

use crate::fault::{CrashPoint, Faults, State, WriteFaults, wait};
use async_trait::async_trait;
use parking_lot::Mutex;
use ports::error::{PortError, Result};
use ports::query::Query;
use ports::records::{Collection, Committed, Document, Page, Records, Transaction};
use std::sync::Arc;
use std::time::Duration;

/// What goes wrong, as probabilities from 0 to 1, and when.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RecordsFaults {
    /// A commit is answered with [`PortError::Unavailable`] and stores nothing.
    pub commit_error: f64,
    /// A commit is answered with [`PortError::Full`] and stores nothing.
    pub commit_full: f64,
    /// A commit is stored and answered with [`PortError::Unavailable`]: the caller cannot know.
    pub lost_answer: f64,
    /// A read fails.
    pub read_error: f64,
    /// Answers come up to this much later, by tokio's clock.
    pub max_delay: Duration,
    /// The number (from 1) of the commit at which the engine stops for good, and how.
    pub crash: Option<(u64, CrashPoint)>,
}

impl Faults for RecordsFaults {
    const NAME: [&'static str; 3] = ["the faulty records", "have", "were"];

    fn writes(&self) -> WriteFaults {
        WriteFaults {
            error: self.commit_error,
            full: self.commit_full,
            lost_answer: self.lost_answer,
            max_delay: self.max_delay,
            crash: self.crash,
        }
    }
}

/// A decorator over any records. Equal seeds and equal calls give equal faults.
#[derive(Clone, Debug)]
pub struct FaultyRecords {
    inner: Arc<dyn Records>,
    state: Arc<Mutex<State<RecordsFaults>>>,
}

impl FaultyRecords {
    /// Stands before `inner`.
    pub fn new(inner: Arc<dyn Records>, seed: u64, faults: RecordsFaults) -> Self {
        Self {
            inner,
            state: State::shared(seed, faults),
        }
    }

    /// Changes what goes wrong from now on. A crash is not undone: begin anew over the same inner records, as a restarted
    /// program does.
    pub fn set_faults(&self, faults: RecordsFaults) {
        self.state.lock().faults = faults;
    }

    /// With `true` every commit is refused as full, until `false`; reads stay.
    pub fn set_full(&self, full: bool) {
        self.state.lock().full = full;
    }

    /// Whether the crash point was passed.
    pub fn has_crashed(&self) -> bool {
        self.state.lock().crashed
    }

    /// Commits that were asked for.
    pub fn commits(&self) -> u64 {
        self.state.lock().writes
    }

    async fn before_read(&self) -> Result<()> {
        let (outcome, delay) = {
            let mut state = self.state.lock();
            let probability = state.faults.read_error;
            let fails = state.crashed || state.chance(probability);
            (if fails { Err(state.unavailable()) } else { Ok(()) }, state.delay())
        };
        wait(delay).await;
        outcome
    }
}

#[async_trait]
impl Records for FaultyRecords {
    async fn get(&self, collection: Collection, key: &str) -> Result<Option<Document>> {
        self.before_read().await?;
        self.inner.get(collection, key).await
    }

    async fn query(&self, collection: Collection, query: Query) -> Result<Page> {
        self.before_read().await?;
        self.inner.query(collection, query).await
    }

    async fn count(&self, collection: Collection, query: Query) -> Result<u64> {
        self.before_read().await?;
        self.inner.count(collection, query).await
    }

    async fn commit(&self, transaction: Transaction) -> Result<Committed> {
        let (verdict, delay) = {
            let mut state = self.state.lock();
            let verdict = state.judge();
            (verdict, state.delay())
        };
        let answer = if verdict.stores {
            Some(self.inner.commit(transaction).await)
        } else {
            None
        };
        wait(delay).await;
        match (answer, verdict.instead) {
            // a conflict stored nothing, so there is no answer to lose
            (Some(Err(error)), _) if !self.has_crashed() => Err(error),
            (_, Some(error)) => Err(error),
            (Some(answer), None) => answer,
            (None, None) => Err(PortError::Unavailable("the faulty records answer nothing".to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ports::error::PortError::{Full, Unavailable};

    /// Counts what reaches it.
    #[derive(Debug, Default)]
    struct Counter(Mutex<u64>);

    #[async_trait]
    impl Records for Counter {
        async fn get(&self, _: Collection, _: &str) -> Result<Option<Document>> {
            Ok(None)
        }
        async fn query(&self, _: Collection, _: Query) -> Result<Page> {
            Ok(Page::default())
        }
        async fn count(&self, _: Collection, _: Query) -> Result<u64> {
            Ok(*self.0.lock())
        }
        async fn commit(&self, _: Transaction) -> Result<Committed> {
            *self.0.lock() += 1;
            Ok(Committed::default())
        }
    }

    const THINGS: Collection = Collection {
        name: "things",
        indexes: &[],
    };

    async fn answers(faults: RecordsFaults, seed: u64, count: usize) -> (Vec<Result<Committed>>, u64) {
        let counter = Arc::new(Counter::default());
        let records = FaultyRecords::new(counter.clone(), seed, faults);
        let mut answers = Vec::new();
        for _ in 0..count {
            answers.push(records.commit(Transaction::default()).await);
        }
        let stored = *counter.0.lock();
        (answers, stored)
    }

    #[tokio::test]
    async fn equal_seeds_give_equal_faults_and_each_does_what_it_says() {
        let max_delay = Duration::from_micros(10);
        let faults = RecordsFaults {
            commit_error: 0.3,
            commit_full: 0.2,
            max_delay,
            ..Default::default()
        };
        let (first, stored) = answers(faults, 3, 100).await;
        assert_eq!(first, answers(faults, 3, 100).await.0);
        assert_ne!(first, answers(faults, 4, 100).await.0);
        assert_eq!(
            first.iter().filter(|answer| answer.is_ok()).count() as u64,
            stored,
            "a refusal stores nothing"
        );
        assert!(first.iter().any(|answer| matches!(answer, Err(Full(_)))));
        let lost = RecordsFaults {
            lost_answer: 1.0,
            ..Default::default()
        };
        let (all, stored) = answers(lost, 1, 5).await;
        assert!(stored == 5 && all.iter().all(|answer| matches!(answer, Err(Unavailable(_)))));
    }

    #[tokio::test]
    async fn a_crash_is_for_good_and_stores_what_its_point_says() {
        for (point, expected) in [(CrashPoint::BeforeStoring, 2), (CrashPoint::BeforeAnswering, 3)] {
            let (all, stored) = answers(
                RecordsFaults {
                    crash: Some((3, point)),
                    ..Default::default()
                },
                1,
                6,
            )
            .await;
            assert_eq!(
                (all.iter().filter(|answer| answer.is_ok()).count(), stored),
                (2, expected)
            );
        }
    }

    #[tokio::test]
    async fn a_full_disk_keeps_reads_and_ends() {
        let records = FaultyRecords::new(Arc::new(Counter::default()), 1, RecordsFaults::default());
        records.set_full(true);
        assert!(matches!(records.commit(Transaction::default()).await, Err(Full(_))));
        assert_eq!(records.get(THINGS, "a").await, Ok(None));
        records.set_full(false);
        assert!(records.commit(Transaction::default()).await.is_ok());
        records.set_faults(RecordsFaults {
            read_error: 1.0,
            ..Default::default()
        });
        assert!(matches!(records.get(THINGS, "a").await, Err(Unavailable(_))));
    }
}
