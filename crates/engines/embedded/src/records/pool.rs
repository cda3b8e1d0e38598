//! A few connections for reading, used on blocking threads; writing never waits for them, nor they for writing.

use super::schema::open_reader;
use parking_lot::Mutex;
use ports::error::{PortError, Result};
use rusqlite::Connection;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::Semaphore;

/// How many reads may wait for a connection before further ones are refused.
const WAITING: usize = 10_000;

/// The idle connections.
#[derive(Debug)]
pub(super) struct Pool {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
    permits: Arc<Semaphore>,
    waiting: AtomicUsize,
}

impl Pool {
    /// A pool of at most `size` connections, opened when they are first needed.
    pub(super) fn new(path: PathBuf, size: usize) -> Self {
        let permits = Arc::new(Semaphore::new(size.clamp(1, 64)));
        Self {
            path,
            idle: Mutex::new(Vec::new()),
            permits,
            waiting: AtomicUsize::new(0),
        }
    }

    /// Runs `read` on a blocking thread with a connection of its own.
    pub(super) async fn read<T: Send + 'static>(
        self: &Arc<Self>,
        read: impl FnOnce(&Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let _waiting = Waiting::enter(&self.waiting)?;
        let stopped = |what: &str| PortError::Unavailable(format!("a read of records was stopped: {what}"));
        let permit = Arc::clone(&self.permits)
            .acquire_owned()
            .await
            .map_err(|_| stopped("the pool is closed"))?;
        let pool = Arc::clone(self);
        let task = tokio::task::spawn_blocking(move || {
            // held until the read has ended, even when nobody waits for it any more
            let _permit = permit;
            let idle = pool.idle.lock().pop();
            let connection = match idle {
                Some(connection) => connection,
                None => open_reader(&pool.path)?,
            };
            let answer = read(&connection);
            if connection.is_autocommit() {
                pool.idle.lock().push(connection);
            }
            answer
        });
        task.await.map_err(|error| stopped(&error.to_string()))?
    }
}

/// Counts those who wait or read.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn enter(count: &'a AtomicUsize) -> Result<Self> {
        let entered = Self(count);
        if count.fetch_add(1, Ordering::Relaxed) >= WAITING {
            return Err(PortError::Full(format!(
                "{WAITING} reads of records are waiting already"
            )));
        }
        Ok(entered)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
