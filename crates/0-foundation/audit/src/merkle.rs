//! The Merkle tree hash of RFC 6962 section 2.1: leaves, nodes, roots, inclusion and consistency. Pure.

use sha2::{Digest, Sha256};

/// SHA-256 of a leaf, a node or a whole tree.
pub type Hash = [u8; 32];

/// Hash of an entry: SHA-256 of a zero byte and the entry.
pub fn leaf(entry: &[u8]) -> Hash {
    let mut hash = Sha256::new();
    hash.update([0]);
    hash.update(entry);
    hash.finalize().into()
}

/// Hash of two neighbours: SHA-256 of a one byte and both.
pub fn node(left: &Hash, right: &Hash) -> Hash {
    let mut bytes = [1; 65];
    bytes[1..33].copy_from_slice(left);
    bytes[33..].copy_from_slice(right);
    Sha256::digest(bytes).into()
}

/// A tree that only grows, kept as the roots of its complete subtrees: at most one for each bit of its size.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Peaks {
    size: u64,
    /// Level and root, largest first.
    peaks: Vec<(u32, Hash)>,
}

impl Peaks {
    /// Number of leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Appends one leaf.
    pub fn push(&mut self, leaf: Hash) {
        self.push_subtree(0, leaf);
    }

    /// Appends a complete subtree of `2^level` leaves; the size must be a multiple of that.
    pub fn push_subtree(&mut self, level: u32, root: Hash) {
        debug_assert!(
            self.size.is_multiple_of(1 << level),
            "a subtree stands at its own boundary"
        );
        self.size += 1 << level;
        let (mut level, mut root) = (level, root);
        while let Some((below, left)) = self.peaks.last().filter(|(below, _)| *below == level) {
            root = node(left, &root);
            level = below + 1;
            self.peaks.pop();
        }
        self.peaks.push((level, root));
    }

    /// The root of everything; of nothing it is the hash of nothing.
    pub fn root(&self) -> Hash {
        let mut peaks = self.peaks.iter().rev();
        let Some((_, last)) = peaks.next() else {
            return Sha256::digest([]).into();
        };
        peaks.fold(*last, |right, (_, left)| node(left, &right))
    }
}

/// The root of a list of leaves.
pub fn root(leaves: &[Hash]) -> Hash {
    let mut peaks = Peaks::default();
    leaves.iter().for_each(|leaf| peaks.push(*leaf));
    peaks.root()
}

/// A complete subtree: the leaves from `index << level`, `1 << level` of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// Height above the leaves.
    pub level: u32,
    /// Which one of that level.
    pub index: u64,
}

/// The complete subtrees that make up the leaves from `from` to before `to`, left to right. `from` must be where the
/// recursion of RFC 6962 splits, as all callers here have it.
pub(crate) fn cover(from: u64, to: u64) -> Vec<Place> {
    let (mut places, mut at) = (Vec::new(), from);
    while at < to {
        let level = (63 - (to - at).leading_zeros()).min(at.trailing_zeros());
        places.push(Place {
            level,
            index: at >> level,
        });
        at += 1 << level;
    }
    places
}

/// One hash of a proof: the complete subtrees of which it is made, left to right.
pub type Step = Vec<Place>;

/// Computes one hash of a proof from the roots of its subtrees.
pub fn step(roots: &[Hash]) -> Option<Hash> {
    let (last, left) = roots.split_last()?;
    Some(left.iter().rev().fold(*last, |right, left| node(left, &right)))
}

/// The largest power of two below `size`, which is at least 2.
fn split(size: u64) -> u64 {
    1 << (63 - (size - 1).leading_zeros())
}

/// What proves that leaf `index` is in the tree of `size`: hashes from the leaf's neighbour up (RFC 6962 section 2.1.1).
/// Nothing when there is no such leaf.
pub fn inclusion(index: u64, size: u64) -> Option<Vec<Step>> {
    if index >= size {
        return None;
    }
    let (mut from, mut to) = (0, size);
    let mut steps = Vec::new();
    while to - from > 1 {
        let middle = from + split(to - from);
        if index < middle {
            steps.push(cover(middle, to));
            to = middle;
        } else {
            steps.push(cover(from, middle));
            from = middle;
        }
    }
    steps.reverse();
    Some(steps)
}

/// The root that follows from an entry's hash and its proof; it must equal that of a checkpoint of `size`.
pub fn root_from_inclusion(index: u64, size: u64, leaf: &Hash, proof: &[Hash]) -> Option<Hash> {
    if index >= size {
        return None;
    }
    let (mut node_index, mut last) = (index, size - 1);
    let (mut hash, mut proof) = (*leaf, proof.iter());
    while last > 0 {
        if node_index % 2 == 1 {
            hash = node(proof.next()?, &hash);
        } else if node_index < last {
            hash = node(&hash, proof.next()?);
        }
        node_index /= 2;
        last /= 2;
    }
    proof.next().is_none().then_some(hash)
}

/// What proves that the tree of `size` begins with that of `old` (RFC 6962 section 2.1.2). Nothing when it cannot.
pub fn consistency(old: u64, size: u64) -> Option<Vec<Step>> {
    if old == 0 || old > size {
        return None;
    }
    let (mut from, mut to) = (0, size);
    let (mut steps, mut whole) = (Vec::new(), true);
    while old != to {
        let middle = from + split(to - from);
        if old <= middle {
            steps.push(cover(middle, to));
            to = middle;
        } else {
            steps.push(cover(from, middle));
            from = middle;
            whole = false;
        }
    }
    if !whole {
        steps.push(cover(from, to));
    }
    steps.reverse();
    Some(steps)
}

/// Whether a proof shows that the tree of `size` with `root` begins with that of `old` with `old_root`.
pub fn is_consistent(old: u64, old_root: &Hash, size: u64, root: &Hash, proof: &[Hash]) -> bool {
    if old == size {
        return old_root == root && proof.is_empty();
    }
    if old == 0 || old > size {
        return false;
    }
    // RFC 9162 section 2.1.4.2, which checks the proof of RFC 6962
    let mut all = Vec::with_capacity(proof.len() + 1);
    if old.is_power_of_two() {
        all.push(*old_root);
    }
    all.extend_from_slice(proof);
    let mut hashes = all.iter();
    let (mut node_index, mut last) = (old - 1, size - 1);
    while node_index % 2 == 1 {
        node_index /= 2;
        last /= 2;
    }
    let Some(first) = hashes.next() else { return false };
    let (mut older, mut newer) = (*first, *first);
    for hash in hashes {
        if last == 0 {
            return false;
        }
        if node_index % 2 == 1 || node_index == last {
            older = node(hash, &older);
            newer = node(hash, &newer);
            while node_index != 0 && node_index % 2 == 0 {
                node_index /= 2;
                last /= 2;
            }
        } else {
            newer = node(&newer, hash);
        }
        node_index /= 2;
        last /= 2;
    }
    last == 0 && older == *old_root && newer == *root
}

#[cfg(test)]
mod tests;
