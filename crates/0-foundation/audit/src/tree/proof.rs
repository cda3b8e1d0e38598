//! Roots of the past and proofs, from tiles and from the leaves that are in no full tile yet.

use super::{Inner, Tree};
use crate::merkle::{self, Hash, Place, Step};
use crate::tile;
use ports::error::{PortError, Result};
use std::sync::Arc;

impl Tree {
    /// The root of the first `size` records; `None` when there are fewer.
    pub async fn root_at(&self, size: u64) -> Result<Option<Hash>> {
        if size > self.size() {
            return Ok(None);
        }
        if size == 0 {
            return Ok(Some(merkle::root(&[])));
        }
        self.0.step(&merkle::cover(0, size)).await.map(Some)
    }

    /// The proof that record `index` is in the tree of `size`, from the leaf up (RFC 6962 section 2.1.1).
    pub async fn inclusion(&self, index: u64, size: u64) -> Result<Option<Vec<Hash>>> {
        self.0.steps(self.size() >= size, merkle::inclusion(index, size)).await
    }

    /// The proof that the tree of `size` begins with that of `old` (RFC 6962 section 2.1.2).
    pub async fn consistency(&self, old: u64, size: u64) -> Result<Option<Vec<Hash>>> {
        self.0.steps(self.size() >= size, merkle::consistency(old, size)).await
    }

    /// The hash of record `index`.
    pub async fn leaf(&self, index: u64) -> Result<Option<Hash>> {
        if index >= self.size() {
            return Ok(None);
        }
        self.0.subtree(Place { level: 0, index }).await.map(Some)
    }
}

impl Inner {
    async fn steps(&self, known: bool, steps: Option<Vec<Step>>) -> Result<Option<Vec<Hash>>> {
        let Some(steps) = steps.filter(|_| known) else {
            return Ok(None);
        };
        let mut hashes = Vec::with_capacity(steps.len());
        for places in steps {
            hashes.push(self.step(&places).await?);
        }
        Ok(Some(hashes))
    }

    async fn step(&self, places: &[Place]) -> Result<Hash> {
        let mut roots = Vec::with_capacity(places.len());
        for place in places {
            roots.push(self.subtree(*place).await?);
        }
        merkle::step(&roots).ok_or_else(|| PortError::Misuse("a proof has no empty step".to_owned()))
    }

    /// The root of a complete subtree, all of whose leaves are in the tree.
    async fn subtree(&self, place: Place) -> Result<Hash> {
        let unknown = || PortError::Misuse(format!("the audit tree has no subtree {place:?}"));
        if let Some(above) = place.level.checked_sub(self.level) {
            let state = self.state.read();
            let from = usize::try_from(place.index << above).map_err(|_| unknown())?;
            let tiles = state.tiles.get(from..from + (1 << above)).ok_or_else(unknown)?;
            return Ok(merkle::root(&tiles.iter().map(|tile| tile.root).collect::<Vec<_>>()));
        }
        let number = place.index >> (self.level - place.level);
        let begin = usize::try_from((place.index << place.level) - (number << self.level)).map_err(|_| unknown())?;
        let end = begin + (1 << place.level);
        {
            let state = self.state.read();
            if number >= state.tiles.len() as u64 {
                return Ok(merkle::root(state.open.get(begin..end).ok_or_else(unknown)?));
            }
        }
        let leaves = self.leaves(number).await?;
        Ok(merkle::root(leaves.get(begin..end).ok_or_else(unknown)?))
    }

    /// The leaves of a full tile.
    async fn leaves(&self, number: u64) -> Result<Arc<Vec<Hash>>> {
        if let Some((_, leaves)) = self.read.lock().as_ref().filter(|(kept, _)| *kept == number) {
            return Ok(Arc::clone(leaves));
        }
        let name = tile::name(number);
        let bytes = self.objects.get(&name).await?;
        let bytes = bytes.ok_or_else(|| PortError::Corrupt(format!("{name} of the audit log is missing")))?;
        let (head, leaves) = tile::decode(number, &bytes)?;
        let known = self.state.read().tiles.get(number as usize).map(|tile| tile.root);
        if known != Some(head.root) {
            return Err(PortError::Corrupt(format!(
                "{name} of the audit log was replaced while we run"
            )));
        }
        let leaves = Arc::new(leaves);
        *self.read.lock() = Some((number, Arc::clone(&leaves)));
        Ok(leaves)
    }
}
