//! Another data key: new writes at once, what is old in bounded batches, and at the end the old versions are destroyed.
//!
//! Each document, object and fact says under which version it lies, so a rotation that was killed goes on where it stood.
//! A document that is sealed anew gets the next version number, as by any change; who had read it before loads it again.

use crate::commit::unmapped;
use crate::error::SealError;
use crate::journal::version_of_fact;
use crate::keyring::Underway;
use crate::objects::{SealedObjects, folder};
use crate::row::{ROWS, open_row, seal_row, version_of};
use crate::secret::Keys;
use crate::vault::Vault;
use ports::error::{PortError, Result};
use ports::journal::Journal;
use ports::query::{After, Query};
use ports::records::{Change, Document, Expect, Records, Transaction};
use serde::Serialize;
use std::sync::Arc;

/// Documents that are looked at in one step.
const STEP: usize = 50;
/// Objects that are sealed anew in one step.
const OBJECTS: usize = 20;
/// Facts that are looked at together.
const FACTS: usize = 500;
/// Bytes of documents in one transaction.
const BATCH_BYTES: usize = 8 << 20;

/// How far a rotation has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Progress {
    /// Documents that were sealed anew.
    pub documents: u64,
    /// Objects that were sealed anew.
    pub objects: u64,
    /// True when a consumer has not read a fact yet that is under an old version; run it again later.
    pub waits_for_journal: bool,
    /// True when the old versions are destroyed.
    pub done: bool,
}

/// A rotation at work.
#[derive(Debug)]
pub struct Rotation {
    vault: Vault,
    records: Arc<dyn Records>,
    journal: Arc<dyn Journal>,
    objects: SealedObjects,
    underway: Underway,
    after: Option<After>,
    /// Whether this walk over the documents has found an old one.
    found: bool,
    walked: bool,
    progress: Progress,
    _alone: tokio::sync::OwnedMutexGuard<()>,
}

impl Rotation {
    /// Begins a rotation, or takes up the one under way. `records` and `journal` are those below. The tenant is unlocked.
    pub async fn begin(
        vault: Vault,
        records: Arc<dyn Records>,
        journal: Arc<dyn Journal>,
        objects: SealedObjects,
    ) -> std::result::Result<Self, SealError> {
        let alone = vault.alone()?;
        let head = journal.head();
        let underway = vault.begin(move || *head.borrow()).await?;
        let (after, found, walked, progress) = (None, false, false, Progress::default());
        Ok(Self {
            vault,
            records,
            journal,
            objects,
            underway,
            after,
            found,
            walked,
            progress,
            _alone: alone,
        })
    }

    /// One bounded batch. Durable when it answers; call it until it is done or waits for the journal.
    pub async fn step(&mut self) -> std::result::Result<Progress, SealError> {
        if self.progress.done {
            return Ok(self.progress);
        }
        if !self.walked {
            self.documents().await?;
            return Ok(self.progress);
        }
        if self.objects().await? {
            return Ok(self.progress);
        }
        // facts cannot be written again: those that every consumer has read are forgotten together with their key
        let through = self.last_old_fact().await?;
        self.journal.forget(through).await?;
        self.progress.waits_for_journal = self.journal.oldest().await? <= through;
        if !self.progress.waits_for_journal {
            self.vault.end(self.underway).await?;
            self.progress.done = true;
        }
        Ok(self.progress)
    }

    /// Steps until it is done or has to wait for a consumer of the journal.
    pub async fn run(&mut self) -> std::result::Result<Progress, SealError> {
        loop {
            let progress = self.step().await?;
            if progress.done || progress.waits_for_journal {
                return Ok(progress);
            }
        }
    }

    /// The journal number up to which facts are under older versions: that of the beginning, or a later one when the answer to
    /// the beginning was lost and facts went on under the older version.
    async fn last_old_fact(&self) -> Result<u64> {
        let current = self.vault.keys()?.current;
        let (mut through, mut after) = (self.underway.journal, self.underway.journal);
        loop {
            let entries = self.journal.read(after, &[], FACTS).await?;
            let Some(last) = entries.last() else {
                return Ok(through);
            };
            after = last.number;
            let old = entries
                .iter()
                .rev()
                .find(|entry| version_of_fact(&entry.fact) != Some(current));
            through = old.map_or(through, |entry| entry.number);
        }
    }

    async fn documents(&mut self) -> Result<()> {
        let keys = self.vault.keys()?;
        let page = self
            .records
            .query(ROWS, Query::all(STEP).after(self.after.take()))
            .await?;
        let (mut batch, mut bytes) = (Vec::new(), 0);
        for document in &page.documents {
            if version_of(document)? == keys.current {
                continue;
            }
            self.found = true;
            batch.push(renewed(&keys, document)?);
            bytes += document.body.len();
            if bytes >= BATCH_BYTES {
                self.commit(std::mem::take(&mut batch)).await?;
                bytes = 0;
            }
        }
        self.commit(batch).await?;
        self.after = page.next;
        if self.after.is_none() {
            // done when a whole walk met nothing old
            (self.walked, self.found) = (!self.found, false);
        }
        Ok(())
    }

    /// All at once; when somebody has changed one meanwhile, one by one, and what was changed is new already.
    async fn commit(&mut self, changes: Vec<Change>) -> Result<()> {
        if changes.is_empty() {
            return Ok(());
        }
        let all = Transaction {
            changes: changes.clone(),
            ..Transaction::default()
        };
        let count = changes.len() as u64;
        match self.records.commit(all).await {
            Ok(_) => self.progress.documents += count,
            Err(PortError::Conflict { .. }) => {
                for change in changes {
                    let one = Transaction {
                        changes: vec![change],
                        ..Transaction::default()
                    };
                    match self.records.commit(one).await {
                        Ok(_) => self.progress.documents += 1,
                        Err(PortError::Conflict { .. }) => {}
                        Err(error) => return Err(unmapped(error)),
                    }
                }
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Whether there may be more.
    async fn objects(&mut self) -> Result<bool> {
        let keys = self.vault.keys()?;
        for version in keys.versions.keys().filter(|version| **version != keys.current) {
            let folder = folder(*version);
            let names = self.objects.inner().list(&folder).await?;
            let names: Vec<&str> = names
                .iter()
                .filter_map(|name| name.strip_prefix(&folder))
                .take(OBJECTS)
                .collect();
            for name in &names {
                self.objects.renew(*version, name).await?;
                self.progress.objects += 1;
            }
            if !names.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

fn renewed(keys: &Keys, document: &Document) -> Result<Change> {
    let (collection, key) = document
        .key
        .split_once('/')
        .ok_or_else(|| crate::error::changed("the document", &document.key))?;
    let row = open_row(keys, collection, key, document)?;
    let (body, indexes) = seal_row(keys, collection, key, &row)?;
    Ok(Change::Put {
        collection: ROWS,
        key: document.key.clone(),
        expect: Expect::Version(document.version),
        body,
        indexes,
    })
}
