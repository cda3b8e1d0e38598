//! Reading records by their number in the tree: from the log, or from what was kept when the log was given back.

use crate::keep::{self, Kept};
use crate::model::AuditRecord;
use crate::store::read;
use crate::tree::Tree;
use bytes::Bytes;
use kernel::position::Position;
use parking_lot::RwLock;
use ports::error::Result;
use ports::log::Log;
use ports::objects::Objects;
use std::collections::BTreeSet;
use std::sync::Arc;
use tokio::sync::OnceCell;

/// A record with its number and its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Its number in the tree, from 0; never given twice.
    pub index: u64,
    /// Where it lies, or lay.
    pub position: Position,
    /// Its bytes as they are in the tree.
    pub bytes: Bytes,
}

impl Entry {
    /// The record inside.
    pub fn record(&self) -> Result<AuditRecord> {
        read(self.position, &self.bytes)
    }
}

/// The records that are in the tree.
#[derive(Clone, Debug)]
pub struct Trail {
    log: Arc<dyn Log>,
    objects: Arc<dyn Objects>,
    tree: Tree,
    /// Tiles that were given back, once they were looked for.
    released: Arc<OnceCell<RwLock<BTreeSet<u64>>>>,
}

impl Trail {
    /// Over the same log and objects as `tree`.
    pub fn new(log: Arc<dyn Log>, objects: Arc<dyn Objects>, tree: Tree) -> Self {
        Self {
            log,
            objects,
            tree,
            released: Arc::default(),
        }
    }

    /// The tree.
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// The log below.
    pub fn log(&self) -> &Arc<dyn Log> {
        &self.log
    }

    /// Records from number `from` on, before number `to`, oldest first, about `max_bytes`; with the number at which to go
    /// on. Records that were dropped are passed over, so an empty answer is the end only when the number is `to`.
    pub async fn read(&self, from: u64, to: u64, max_bytes: usize) -> Result<(Vec<Entry>, u64)> {
        let to = to.min(self.tree.size());
        let Some(position) = self.tree.position_of(from).filter(|_| from < to) else {
            return Ok((Vec::new(), to));
        };
        // what was given back may still lie in the log or in its memory, and is not shown
        let tile = from >> self.tree.level();
        if self.released().await?.read().contains(&tile) {
            return self.kept(from, to).await;
        }
        let before = Position {
            sequence: position.sequence.saturating_sub(1),
            ..position
        };
        let frames = self.log.read(before, max_bytes).await?;
        let first = frames.first().and_then(|frame| self.tree.index_of(frame.position));
        if first != Some(from) {
            return self.kept(from, to.min(first.unwrap_or(to))).await;
        }
        let mut entries = Vec::with_capacity(frames.len());
        for frame in frames {
            // behind the tree there may be records already
            let Some(index) = self.tree.index_of(frame.position).filter(|index| *index < to) else {
                break;
            };
            entries.push(Entry {
                index,
                position: frame.position,
                bytes: frame.bytes,
            });
        }
        let next = entries.last().map_or(to, |entry| entry.index + 1);
        Ok((entries, next))
    }

    async fn released(&self) -> Result<&RwLock<BTreeSet<u64>>> {
        let look = || async {
            let names = self.objects.list(keep::PREFIX).await?;
            let tiles = names.iter().filter_map(|name| keep::parse(name)).map(|(tile, _)| tile);
            Ok(RwLock::new(tiles.collect()))
        };
        self.released.get_or_try_init(look).await
    }

    /// From now on only what was kept of a tile is shown.
    pub(crate) async fn give_back(&self, tile: u64) -> Result<()> {
        self.released().await?.write().insert(tile);
        Ok(())
    }

    /// What was kept of dropped records, at most one tile of it.
    async fn kept(&self, from: u64, to: u64) -> Result<(Vec<Entry>, u64)> {
        let tile = from >> self.tree.level();
        let to = to.min((tile + 1) << self.tree.level());
        let Some((_, bytes)) = keep::newest(&*self.objects, tile).await? else {
            return Ok((Vec::new(), to));
        };
        let kept = Kept::decode(&bytes)?;
        let items = kept.items.into_iter().filter(|(index, _)| (from..to).contains(index));
        let entries = items.filter_map(|(index, text)| {
            let position = self.tree.position_of(index)?;
            let bytes = Bytes::from(text);
            Some(Entry { index, position, bytes })
        });
        Ok((entries.collect(), to))
    }
}
