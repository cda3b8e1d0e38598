//! The lake: Delta tables on the port `objects`, written by one thread from the log of observations.

pub(crate) mod compact;
pub mod dump;
pub(crate) mod encode;
pub mod file;
pub(crate) mod newest;
pub(crate) mod read;
pub(crate) mod registry;
pub(crate) mod retention;
pub(crate) mod rollup;
pub(crate) mod rows;
pub mod schema;
pub mod store;
pub mod table;
pub(crate) mod vacuum;
pub(crate) mod writer;

use crate::error::Result;
use crate::model::{JobStatus, LakeStatus, TableName};
use kernel::position::Position;
use kernel::time::Timestamp;
use parking_lot::Mutex;
use std::sync::Arc;
use store::LakeStore;
use table::TableState;
use tokio::sync::watch;

/// One version of all tables. What a query takes stays readable for `Settings::vacuum_after`,
/// for a quarter of an hour at least while the disk is full.
#[derive(Clone, Debug)]
pub struct LakeState {
    /// All observations.
    pub observations: TableState,
    /// Roll-ups over five minutes.
    pub rollup_5m: TableState,
    /// Roll-ups over an hour.
    pub rollup_1h: TableState,
    /// The registry of series.
    pub series: TableState,
}

impl LakeState {
    /// Opens all tables, or makes them.
    pub async fn open(store: &LakeStore) -> Result<Self> {
        Ok(Self {
            observations: TableState::open(store, TableName::Observations).await?,
            rollup_5m: TableState::open(store, TableName::Rollup5m).await?,
            rollup_1h: TableState::open(store, TableName::Rollup1h).await?,
            series: TableState::open(store, TableName::Series).await?,
        })
    }

    /// A table.
    pub fn table(&self, name: TableName) -> &TableState {
        match name {
            TableName::Observations => &self.observations,
            TableName::Rollup5m => &self.rollup_5m,
            TableName::Rollup1h => &self.rollup_1h,
            TableName::Series => &self.series,
        }
    }

    /// A table, to commit to.
    pub fn table_mut(&mut self, name: TableName) -> &mut TableState {
        match name {
            TableName::Observations => &mut self.observations,
            TableName::Rollup5m => &mut self.rollup_5m,
            TableName::Rollup1h => &mut self.rollup_1h,
            TableName::Series => &mut self.series,
        }
    }
}

/// What the writing thread tells everybody else. Cloning is cheap.
#[derive(Clone, Debug)]
pub struct Lake {
    store: LakeStore,
    state: watch::Sender<Option<Arc<LakeState>>>,
    figures: Arc<Mutex<Figures>>,
}

#[derive(Debug, Default)]
struct Figures {
    lag_rows: u64,
    oldest: Option<Timestamp>,
    jobs: Vec<JobStatus>,
}

impl Lake {
    /// Nothing is open yet.
    pub fn new(store: LakeStore) -> Self {
        Self {
            store,
            state: watch::Sender::new(None),
            figures: Arc::default(),
        }
    }

    /// The newest version of the tables; `None` until they are open.
    pub fn state(&self) -> Option<Arc<LakeState>> {
        self.state.borrow().clone()
    }

    /// News of every version.
    pub fn news(&self) -> watch::Receiver<Option<Arc<LakeState>>> {
        self.state.subscribe()
    }

    /// Where the files are.
    pub fn store(&self) -> &LakeStore {
        &self.store
    }

    /// How it does.
    pub fn status(&self, now: Timestamp) -> LakeStatus {
        let state = self.state();
        let figures = self.figures.lock();
        let tables = state
            .iter()
            .flat_map(|state| TableName::ALL.map(|name| state.table(name).status()));
        LakeStatus {
            tables: tables.collect(),
            lag_rows: figures.lag_rows,
            lag_s: figures.oldest.map_or(0, |oldest| now.since(oldest).as_secs()),
            position: state.map_or(Position::START, |state| state.observations.position),
            jobs: figures.jobs.clone(),
        }
    }

    /// A new version is there.
    pub(crate) fn publish(&self, state: &LakeState) {
        self.state.send_replace(Some(Arc::new(state.clone())));
    }

    /// Rows that wait, and when the oldest of them arrived.
    pub(crate) fn tell_lag(&self, rows: u64, oldest: Option<Timestamp>) {
        let mut figures = self.figures.lock();
        (figures.lag_rows, figures.oldest) = (rows, oldest);
    }

    /// A job has run.
    pub(crate) fn tell_job(&self, name: &'static str, now: Timestamp, outcome: std::result::Result<String, String>) {
        let mut figures = self.figures.lock();
        let place = figures.jobs.iter().position(|job| job.name == name).unwrap_or_else(|| {
            figures.jobs.push(JobStatus {
                name,
                last_run: None,
                last_ok: None,
                detail: String::new(),
            });
            figures.jobs.len() - 1
        });
        let job = &mut figures.jobs[place];
        job.last_run = Some(now);
        match outcome {
            Ok(detail) => (job.last_ok, job.detail) = (Some(now), detail),
            Err(detail) => job.detail = detail,
        }
    }
}
