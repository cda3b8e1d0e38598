//! Documents and the journal of one tenant in one SQLite file: one writing thread, a few reading connections.
//!
//! Durable means: SQLite's write-ahead log with `synchronous=FULL`, so each commit is fsynced before it is answered.

mod apply;
mod compile;
mod condition;
mod entry;
mod failure;
mod names;
mod pool;
mod prepare;
mod read;
mod schema;
mod snapshot;
mod writer;

pub use compile::{MAX_VALUES, MAX_WORDS};
pub use prepare::{MAX_BODY, MAX_KEY, MAX_TRANSACTION};
pub use schema::FORMAT;

use apply::FORGET;
use async_trait::async_trait;
pub(crate) use failure::of_read as read_error;
use failure::open_error;
use names::Names;
use parking_lot::Mutex;
use pool::Pool;
use ports::error::{PortError, Result};
use ports::query::Query;
use ports::records::{Collection, Committed, Document, Page, Records, Transaction};
use rusqlite::Connection;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;
use tokio::sync::{Semaphore, mpsc, oneshot, watch};
use writer::{Job, Outcome, Work, Writer};

/// The queue of the writer, in KiB of transactions that wait.
const QUEUE_KIB: u32 = 65_536;
/// What each waiting transaction takes of it at least, so at most 4,096 wait.
const SMALLEST_KIB: u32 = 16;

/// How the file is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordsOptions {
    /// Connections for reading, 1 to 64.
    pub readers: usize,
    /// Largest size of the file in bytes; commits beyond it are [`PortError::Full`].
    pub max_bytes: u64,
    /// A page is driven by its narrowest condition if that has at most this many index rows, and streamed in its order
    /// otherwise. Only speed depends on it.
    pub narrow_rows: u32,
}

impl Default for RecordsOptions {
    fn default() -> Self {
        Self {
            readers: 4,
            max_bytes: u64::MAX,
            narrow_rows: 20_000,
        }
    }
}

/// The engine of the ports records and journal. Clones share one engine; the last one closes the file.
#[derive(Clone, Debug)]
pub struct EmbeddedRecords {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    path: PathBuf,
    narrow_rows: i64,
    pool: Arc<Pool>,
    /// Absent only while the last handle is dropped.
    queue: Option<mpsc::Sender<Job>>,
    places: Arc<Semaphore>,
    head: watch::Receiver<u64>,
    failed: watch::Receiver<Option<String>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl EmbeddedRecords {
    /// Opens or makes the file and starts its writing thread. Blocks for some milliseconds.
    ///
    /// A file of another program or of a newer format is [`PortError::Misuse`] and stays untouched.
    pub fn open(path: impl AsRef<Path>, options: RecordsOptions) -> Result<Self> {
        let path = path.as_ref().to_owned();
        let connection = schema::open_writer(&path)?;
        writer::limit(&connection, options.max_bytes).map_err(|error| open_error(&path, &error))?;
        let (head, head_seen) = watch::channel(last_number(&connection)?);
        let (failed, failed_seen) = watch::channel(None);
        let (queue, jobs) = mpsc::channel((QUEUE_KIB / SMALLEST_KIB) as usize);
        let writer = Writer {
            connection,
            names: Names::default(),
            head,
            failed,
        };
        let thread = std::thread::Builder::new()
            .name("records".to_owned())
            .spawn(move || writer.run(jobs))
            .map_err(|error| PortError::Unavailable(format!("the writing thread does not start: {error}")))?;
        let inner = Inner {
            pool: Arc::new(Pool::new(path.clone(), options.readers)),
            path,
            narrow_rows: i64::from(options.narrow_rows),
            queue: Some(queue),
            places: Arc::new(Semaphore::new(QUEUE_KIB as usize)),
            head: head_seen,
            failed: failed_seen,
            thread: Mutex::new(Some(thread)),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Becomes `Some` with the reason that stopped all writing; the server then exits non-zero (SEMANTICS 15).
    pub fn failed(&self) -> watch::Receiver<Option<String>> {
        self.inner.failed.clone()
    }

    /// Sets the largest size of the file in bytes; what is larger already stays.
    pub async fn limit(&self, max_bytes: u64) -> Result<()> {
        self.ask(Work::Limit(max_bytes), 0).await.map(|_| ())
    }

    /// Where the file lies.
    pub fn path(&self) -> &Path {
        &self.inner.path
    }

    /// Runs `read` on one of the reading connections.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.inner.pool.read(read).await
    }

    /// Waits for a place in the queue, then for the answer. Once queued, the work is done whoever still listens.
    async fn ask(&self, work: Work, bytes: usize) -> Result<Outcome> {
        let stopped = || PortError::Unavailable("the writing thread of records has ended".to_owned());
        let kib = u32::try_from(bytes / 1_024)
            .unwrap_or(QUEUE_KIB)
            .clamp(SMALLEST_KIB, QUEUE_KIB);
        let place = Arc::clone(&self.inner.places)
            .acquire_many_owned(kib)
            .await
            .map_err(|_| stopped())?;
        let (answer, answered) = oneshot::channel();
        let queue = self.inner.queue.as_ref().ok_or_else(stopped)?;
        // each job holds a place, and there are as many slots as places, so this does not wait
        queue
            .try_send(Job {
                work,
                answer,
                _place: place,
            })
            .map_err(|_| stopped())?;
        answered.await.map_err(|_| stopped())?
    }
}

impl Drop for Inner {
    /// Lets the writer finish its queue and closes the file, so that it can be opened again at once.
    fn drop(&mut self) {
        self.queue = None;
        if let Some(thread) = self.thread.lock().take() {
            let _ = thread.join();
        }
    }
}

#[async_trait]
impl Records for EmbeddedRecords {
    async fn get(&self, collection: Collection, key: &str) -> Result<Option<Document>> {
        let key = key.to_owned();
        self.read(move |connection| read::get(connection, collection, &key))
            .await
    }

    async fn query(&self, collection: Collection, query: Query) -> Result<Page> {
        compile::check(collection, &query)?;
        let few = self.inner.narrow_rows;
        self.read(move |connection| read::page(connection, collection, &query, few))
            .await
    }

    async fn count(&self, collection: Collection, mut query: Query) -> Result<u64> {
        query.limit = 1;
        query.order = ports::query::Order::Key;
        compile::check(collection, &query)?;
        let few = self.inner.narrow_rows;
        self.read(move |connection| read::count(connection, collection, &query, few))
            .await
    }

    async fn commit(&self, transaction: Transaction) -> Result<Committed> {
        let prepared = prepare::prepare(transaction)?;
        let bytes = prepared.bytes;
        match self.ask(Work::Commit(prepared), bytes).await? {
            Outcome::Committed(committed) => Ok(committed),
            other => Err(PortError::Unavailable(format!("unexpected answer {other:?}"))),
        }
    }
}

impl EmbeddedRecords {
    /// Forgets journal entries in steps, so that commits come in between.
    pub(crate) async fn forget_entries(&self, number: u64) -> Result<u64> {
        let mut gone = 0;
        loop {
            let Outcome::Forgotten(step) = self.ask(Work::Forget(number), 0).await? else {
                return Ok(gone);
            };
            gone += step;
            if step < FORGET as u64 {
                return Ok(gone);
            }
        }
    }

    /// The last journal number, with news of every change.
    pub(crate) fn journal_head(&self) -> watch::Receiver<u64> {
        self.inner.head.clone()
    }
}

/// The last number that was ever given.
fn last_number(connection: &Connection) -> Result<u64> {
    let sql = "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'journal'";
    connection
        .query_row(sql, [], |row| row.get(0))
        .map_err(|error| read_error(&error))
}
