//! Signing the tree: every few seconds, if it has grown, a checkpoint goes to the folders that keep them.

use crate::merkle::Hash;
use crate::note::{Checkpoint, Signer, Verifier};
use crate::shelf::{Shelf, hour};
use crate::tree::Tree;
use kernel::clock::Clock;
use kernel::time::Timestamp;
use ports::error::{PortError, Result};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// Extends the tree and signs it.
#[derive(Debug)]
pub struct Seals {
    tree: Tree,
    signer: Signer,
    wall: Arc<dyn Clock>,
    shelves: Vec<Shelf>,
    /// The newest checkpoint that every folder keeps.
    sealed: watch::Sender<Option<Sealed>>,
    inconsistent: AtomicBool,
    /// What the next checkpoint must extend.
    before: tokio::sync::Mutex<Option<Option<Checkpoint>>>,
}

/// A checkpoint and its signed note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// What was signed.
    pub checkpoint: Checkpoint,
    /// The text with its signature.
    pub note: String,
}

impl Seals {
    /// Signs `tree`; the first folder is the own one, the others are mirrors.
    pub fn new(tree: Tree, signer: Signer, wall: Arc<dyn Clock>, shelves: Vec<Shelf>) -> Self {
        Self {
            tree,
            signer,
            wall,
            shelves,
            sealed: watch::Sender::new(None),
            inconsistent: AtomicBool::default(),
            before: tokio::sync::Mutex::default(),
        }
    }

    /// The tree.
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// The newest checkpoint of this run, with news of every next one.
    pub fn sealed(&self) -> watch::Receiver<Option<Sealed>> {
        self.sealed.subscribe()
    }

    /// Whether the log was found to be other than what was signed before, since the start.
    pub fn is_inconsistent(&self) -> bool {
        self.inconsistent.load(Ordering::Relaxed)
    }

    /// What others need to check the signatures.
    pub fn verifier(&self) -> Verifier {
        self.signer.verifier()
    }

    /// Takes all durable records into the tree and keeps a checkpoint of it, if there is anything new. Fails when a
    /// folder cannot be written; the next turn tries again.
    pub async fn turn(&self) -> Result<()> {
        let mut before = self.before.lock().await;
        self.tree.catch_up().await?;
        let (size, root, last) = self.tree.head();
        let previous = match before.take() {
            Some(previous) => previous,
            None => self.first().await?,
        };
        // a clock that was set back must not put a later checkpoint before an earlier one
        let at = previous
            .as_ref()
            .map_or(Timestamp::MIN, |previous| previous.at)
            .max(self.wall.now());
        let known = previous.as_ref().map(|previous| (previous.size, previous.root));
        if known == Some((size, root)) && self.sealed.borrow().is_some() {
            *before = Some(previous);
            return Ok(());
        }
        let extends = self.extends(previous.as_ref()).await;
        let number = match (&previous, &extends) {
            (None, _) => 1,
            (Some(previous), Ok(true)) if hour(previous.at) == hour(at) => previous.number,
            (Some(previous), _) => previous.number + 1,
        };
        if let (Some(previous), Ok(false)) = (&previous, &extends) {
            metrics::gauge!("hanoi_ioc_audit_inconsistent").set(1.0);
            self.inconsistent.store(true, Ordering::Relaxed);
            tracing::error!(
                size = previous.size,
                number = previous.number,
                "the audit log is not what was signed before; run `hanoi-ioc verify audit`, it says where"
            );
        }
        *before = Some(previous);
        extends?;
        let checkpoint = Checkpoint {
            origin: self.signer.origin().to_owned(),
            size,
            root,
            number,
            at,
            epoch: last.epoch,
        };
        let note = self.signer.sign(&checkpoint);
        self.keep(&checkpoint, &note).await?;
        *before = Some(Some(checkpoint.clone()));
        metrics::gauge!("hanoi_ioc_audit_sealed_records").set(size as f64);
        self.sealed.send_replace(Some(Sealed { checkpoint, note }));
        Ok(())
    }

    /// A turn every `period` until `stop`. The last turn, which covers everything, is the caller's: when nothing writes
    /// any more.
    pub async fn run(&self, period: Duration, stop: CancellationToken) {
        let mut timer = tokio::time::interval(period.max(Duration::from_millis(10)));
        timer.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                biased;
                () = stop.cancelled() => return,
                _ = timer.tick() => {}
            }
            if let Err(error) = self.turn().await {
                metrics::counter!("hanoi_ioc_audit_seal_errors_total").increment(1);
                tracing::error!(%error, "no checkpoint of the audit log could be kept; it is tried again");
            }
        }
    }

    /// Prepares the folders and finds the newest checkpoint of all of them.
    async fn first(&self) -> Result<Option<Checkpoint>> {
        let (shelves, key) = (self.shelves.clone(), self.signer.verifier());
        blocking(move || {
            let mut newest: Option<Checkpoint> = None;
            for shelf in &shelves {
                shelf.prepare(&key)?;
                let found = shelf.newest(&key)?;
                let rank = |one: &Option<Checkpoint>| one.as_ref().map(|one| (one.number, one.size));
                if rank(&found) > rank(&newest) {
                    newest = found;
                }
            }
            Ok(newest)
        })
        .await
    }

    /// Whether the tree begins with what a checkpoint covers.
    async fn extends(&self, previous: Option<&Checkpoint>) -> Result<bool> {
        let Some(previous) = previous else { return Ok(true) };
        let found: Option<Hash> = self.tree.root_at(previous.size).await?;
        Ok(found == Some(previous.root))
    }

    async fn keep(&self, checkpoint: &Checkpoint, note: &str) -> Result<()> {
        let (shelves, checkpoint, note) = (self.shelves.clone(), checkpoint.clone(), note.to_owned());
        blocking(move || {
            // every folder is tried, so that a lost mirror does not cost the own one
            let kept = shelves.iter().map(|shelf| shelf.keep(&checkpoint, &note));
            kept.collect::<Vec<_>>().into_iter().collect()
        })
        .await
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> std::io::Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| PortError::Unavailable(error.to_string()))?
        .map_err(|error| PortError::Unavailable(format!("a folder of checkpoints: {error}")))
}
