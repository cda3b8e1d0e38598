//! Writes kept sessions down, so that they survive a restart of the program, and reads them at its start.
//!
//! Whoever changes a session asks; one task writes everything that was asked for in one transaction, and answers that
//! must not be said before (SUBACK, UNSUBACK, PUBCOMP) wait for it. A session that is no more is removed.

mod document;

use crate::metrics;
use crate::server::Shared;
use crate::session::Session;
use document::Document;
use parking_lot::Mutex;
use ports::query::Query;
use ports::records::{Change, Collection, Expect, Records, Transaction};
use rustc_hash::FxHashSet;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};

/// Where sessions are.
pub(crate) const SESSIONS: Collection = Collection {
    name: "mqtt_session",
    indexes: &[],
};
/// Most sessions and bytes of one transaction.
const BATCH: (usize, usize) = (500, 8 * 1024 * 1024);
/// Sessions that are read at once.
const PAGE: usize = 500;
/// Pause after a failed transaction.
const PAUSE: Duration = Duration::from_secs(1);
/// How long the last transactions may take when the program ends.
const LAST: Duration = Duration::from_secs(10);

type Key = (Arc<str>, Arc<str>);

/// Sessions that are to be written down.
pub(crate) struct Saver {
    records: Arc<dyn Records>,
    asked: Mutex<FxHashSet<Key>>,
    wake: Notify,
}

impl Saver {
    pub(crate) fn new(records: Arc<dyn Records>) -> Arc<Self> {
        Arc::new(Self {
            records,
            asked: Mutex::default(),
            wake: Notify::new(),
        })
    }

    /// Asks for a session to be written down, or to be removed if it is no more.
    pub(crate) fn ask(&self, device: &Arc<str>, client_id: &Arc<str>) {
        let new = self.asked.lock().insert((Arc::clone(device), Arc::clone(client_id)));
        if new {
            self.wake.notify_one();
        }
    }

    /// Writes until the program stops; then the rest, once the connections have ended.
    pub(crate) async fn run(&self, shared: &Shared) {
        loop {
            tokio::select! {
                biased;
                () = self.wake.notified() => {}
                () = shared.shutdown.cancelled() => return,
            }
            while !self.write(shared).await {
                tokio::select! {
                    () = sleep(PAUSE) => {}
                    () = shared.shutdown.cancelled() => return,
                }
            }
        }
    }

    /// What is left when the program ends.
    pub(crate) async fn finish(&self, shared: &Shared) {
        if !matches!(timeout(LAST, self.write(shared)).await, Ok(true)) {
            tracing::error!("sessions of MQTT clients were not written down; some will begin anew");
        }
    }

    /// Writes everything that was asked for; `false` when storage refused.
    async fn write(&self, shared: &Shared) -> bool {
        loop {
            let (keys, transaction, written) = self.collect(shared);
            if keys.is_empty() {
                return true;
            }
            if let Err(error) = self.records.commit(transaction).await {
                tracing::error!(%error, "sessions of MQTT clients could not be written down; it is tried again");
                metrics::sessions_unsaved();
                self.asked.lock().extend(keys);
                return false;
            }
            for (session, change) in written {
                session.set_saved(change);
            }
        }
    }

    #[expect(clippy::type_complexity, reason = "what one transaction needs, and who waits for it")]
    fn collect(&self, shared: &Shared) -> (Vec<Key>, Transaction, Vec<(Arc<Session>, u64)>) {
        let (mut keys, mut bytes) = (Vec::new(), 0);
        let (mut transaction, mut written) = (Transaction::default(), Vec::new());
        let now = now();
        while keys.len() < BATCH.0 && bytes < BATCH.1 {
            let Some(key) = self.next() else { break };
            let name = format!("{}/{}", key.0, key.1);
            let session = shared
                .router
                .find(&key.0, &key.1)
                .filter(|session| session.is_durable());
            transaction.changes.push(match session {
                Some(session) => {
                    let change = session.last_change();
                    let body = Document::of(&session, now).body();
                    bytes += body.len();
                    written.push((session, change));
                    Change::Put {
                        collection: SESSIONS,
                        key: name,
                        expect: Expect::Any,
                        body,
                        indexes: Vec::new(),
                    }
                }
                None => Change::Delete {
                    collection: SESSIONS,
                    key: name,
                    expect: Expect::Any,
                },
            });
            keys.push(key);
        }
        (keys, transaction, written)
    }

    fn next(&self) -> Option<Key> {
        let mut asked = self.asked.lock();
        let key = asked.iter().next().cloned()?;
        asked.remove(&key);
        Some(key)
    }

    /// Sessions that were written down and are not past their time, with the seconds that are left to them. Unreadable
    /// ones are left alone and named in the log.
    pub(crate) async fn read(self: &Arc<Self>, shared: &Shared) -> Vec<(Arc<Session>, u32)> {
        let (mut sessions, mut after) = (Vec::new(), None);
        loop {
            let page = match self.records.query(SESSIONS, Query::all(PAGE).after(after)).await {
                Ok(page) => page,
                Err(error) => {
                    tracing::error!(%error, "kept sessions of MQTT clients cannot be read; clients begin anew");
                    return sessions;
                }
            };
            for found in page.documents {
                match Document::read(&found.body) {
                    Ok(document) => match document.left(now()) {
                        0 => self.ask(&document.device.as_str().into(), &document.client_id.as_str().into()),
                        left => sessions.push((Arc::new(document.restore(shared, self)), left)),
                    },
                    Err(error) => tracing::error!(key = found.key, %error, "a kept session cannot be read"),
                }
            }
            after = page.next;
            if after.is_none() {
                return sessions;
            }
        }
    }
}

/// Seconds of the wall clock, which sessions are judged by (SEMANTICS 31).
fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |now| now.as_secs())
}
