//! Finds the key of a name that occurred before in the same payload, by the raw bytes of the name and without allocating.

use hashbrown::HashTable;
use rustc_hash::FxSeededState;
use std::hash::{BuildHasher, Hasher, RandomState};

/// Raw names to indexes into `Readings::keys`. A name is three byte strings; what they mean is the decoder's affair.
pub(crate) struct KeyTable {
    table: HashTable<Entry>,
    /// The raw bytes of all names, one after the other.
    raw: Vec<u8>,
    /// Differs per table, so that nobody can choose names that collide.
    seed: FxSeededState,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    hash: u64,
    start: usize,
    lens: [u32; 3],
    key: u32,
}

impl KeyTable {
    pub(crate) fn new() -> Self {
        let seed = RandomState::new().build_hasher().finish() as usize;
        Self {
            table: HashTable::new(),
            raw: Vec::new(),
            seed: FxSeededState::with_seed(seed),
        }
    }

    /// The hash of a name, for [`KeyTable::find`] and [`KeyTable::add`].
    #[inline]
    pub(crate) fn hash(&self, name: [&[u8]; 3]) -> u64 {
        let mut hasher = self.seed.build_hasher();
        for part in name {
            hasher.write(part);
        }
        hasher.finish()
    }

    /// The key of a name that was added before.
    #[inline]
    pub(crate) fn find(&self, hash: u64, name: [&[u8]; 3]) -> Option<u32> {
        self.table
            .find(hash, |entry| entry.hash == hash && self.same(entry, name))
            .map(|entry| entry.key)
    }

    #[inline]
    fn same(&self, entry: &Entry, name: [&[u8]; 3]) -> bool {
        let mut at = entry.start;
        for (part, len) in name.into_iter().zip(entry.lens) {
            let end = at + len as usize;
            if self.raw.get(at..end) != Some(part) {
                return false;
            }
            at = end;
        }
        true
    }

    /// Remembers the key of a name.
    pub(crate) fn add(&mut self, hash: u64, name: [&[u8]; 3], key: u32) {
        let entry = Entry {
            hash,
            start: self.raw.len(),
            lens: name.map(|part| part.len() as u32),
            key,
        };
        for part in name {
            self.raw.extend_from_slice(part);
        }
        self.table.insert_unique(hash, entry, |entry| entry.hash);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_differ_only_in_where_they_are_cut_are_different() {
        let mut table = KeyTable::new();
        let names: [[&[u8]; 3]; 4] = [
            [b"ab", b"c", b""],
            [b"a", b"bc", b""],
            [b"abc", b"", b""],
            [b"", b"", b"abc"],
        ];
        for (key, name) in names.into_iter().enumerate() {
            let hash = table.hash(name);
            assert_eq!(table.find(hash, name), None);
            table.add(hash, name, key as u32);
        }
        for (key, name) in names.into_iter().enumerate() {
            assert_eq!(table.find(table.hash(name), name), Some(key as u32));
        }
    }
}
