//! A file of the simulated disk: what programs see, what is durable, and which pages differ.

use super::File;
use super::sim::{State, power_is_off};
use parking_lot::Mutex;
use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;

const PAGE: usize = 4_096;
const SECTOR: usize = 512;

/// The content of a file.
#[derive(Debug, Default)]
pub(super) struct Node {
    /// What programs see.
    pub(super) bytes: Vec<u8>,
    /// What survives a power cut for certain.
    kept: Vec<u8>,
    /// Pages of `bytes` that may differ from `kept` and that a sync would store.
    dirty: BTreeSet<usize>,
    /// How many open files show it.
    pub(super) handles: usize,
}

impl Node {
    fn touch(&mut self, from: usize, to: usize) {
        if to > from {
            self.dirty.extend(from / PAGE..=(to - 1) / PAGE);
        }
    }

    fn resize(&mut self, length: usize) {
        let before = self.bytes.len();
        self.touch(length.min(before), length.max(before));
        self.bytes.resize(length, 0);
    }

    fn write(&mut self, offset: usize, bytes: &[u8]) {
        let end = offset + bytes.len();
        if end > self.bytes.len() {
            self.resize(end);
        }
        self.bytes[offset..end].copy_from_slice(bytes);
        self.touch(offset, end);
    }

    /// Copies a range of what is seen into what is durable, as far as both reach.
    fn keep(&self, durable: &mut [u8], from: usize, to: usize) {
        let to = to.min(durable.len()).min(self.bytes.len());
        if from < to {
            durable[from..to].copy_from_slice(&self.bytes[from..to]);
        }
    }

    fn sync(&mut self) {
        let mut durable = std::mem::take(&mut self.kept);
        durable.resize(self.bytes.len(), 0);
        for page in std::mem::take(&mut self.dirty) {
            self.keep(&mut durable, page * PAGE, (page + 1) * PAGE);
        }
        self.kept = durable;
    }

    /// A failed sync: some pages were stored, all count as clean.
    fn sync_badly(&mut self, random: &mut dyn FnMut() -> u64) {
        let mut durable = std::mem::take(&mut self.kept);
        for page in std::mem::take(&mut self.dirty) {
            if random().is_multiple_of(2) {
                durable.resize(durable.len().max(self.bytes.len().min((page + 1) * PAGE)), 0);
                self.keep(&mut durable, page * PAGE, (page + 1) * PAGE);
            }
        }
        self.kept = durable;
    }

    /// A power cut.
    pub(super) fn lose(&mut self, random: &mut dyn FnMut() -> u64) {
        self.handles = 0;
        let mut durable = std::mem::take(&mut self.kept);
        if durable.len() != self.bytes.len() && random().is_multiple_of(2) {
            durable.resize(self.bytes.len(), 0);
        }
        for page in std::mem::take(&mut self.dirty) {
            match random() % 3 {
                0 => {}
                1 => self.keep(&mut durable, page * PAGE, (page + 1) * PAGE),
                _ => {
                    let sectors = random();
                    for sector in (0..PAGE / SECTOR).filter(|sector| sectors >> sector & 1 == 1) {
                        let from = page * PAGE + sector * SECTOR;
                        self.keep(&mut durable, from, from + SECTOR);
                    }
                }
            }
        }
        self.bytes.clone_from(&durable);
        self.kept = durable;
    }
}

/// An open file of the simulated disk.
#[derive(Debug)]
pub(super) struct SimFile {
    pub(super) state: Arc<Mutex<State>>,
    pub(super) node: u64,
    pub(super) generation: u64,
}

impl SimFile {
    fn with<T>(&self, act: impl FnOnce(&mut State, &mut Node) -> io::Result<T>) -> io::Result<T> {
        let mut state = self.state.lock();
        if state.generation != self.generation {
            return Err(power_is_off());
        }
        state.powered()?;
        let mut node = state.nodes.remove(&self.node).unwrap_or_default();
        let answer = act(&mut state, &mut node);
        state.nodes.insert(self.node, node);
        answer
    }
}

impl Drop for SimFile {
    fn drop(&mut self) {
        let mut state = self.state.lock();
        if state.generation == self.generation {
            if let Some(node) = state.nodes.get_mut(&self.node) {
                node.handles = node.handles.saturating_sub(1);
            }
            state.forget_unnamed();
        }
    }
}

fn place(offset: u64) -> io::Result<usize> {
    usize::try_from(offset).map_err(|_| io::ErrorKind::FileTooLarge.into())
}

/// How many of the bytes up to `end` have room; `own` is the present length of the file, which is not among the nodes.
fn room(state: &State, own: usize, end: usize) -> usize {
    let Some(capacity) = state.capacity else { return end };
    let others = state.used();
    let limit = usize::try_from(capacity.saturating_sub(others)).unwrap_or(usize::MAX);
    end.min(limit.max(own))
}

impl File for SimFile {
    fn size(&self) -> io::Result<u64> {
        self.with(|_, node| Ok(node.bytes.len() as u64))
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.with(|state, node| {
            let probability = state.faults.read_error;
            if state.chance(probability) {
                return Err(io::Error::other("injected: a read failed"));
            }
            let from = place(offset)?.min(node.bytes.len());
            let length = buffer.len().min(node.bytes.len() - from);
            buffer[..length].copy_from_slice(&node.bytes[from..from + length]);
            Ok(length)
        })
    }

    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let offset = place(offset)?;
        self.with(|state, node| {
            let goes_on = state.operate()?;
            let faults = state.faults;
            let error = if !goes_on {
                Some(power_is_off())
            } else if state.chance(faults.write_error) {
                Some(io::Error::other("injected: a write failed"))
            } else if state.chance(faults.write_full) {
                Some(io::ErrorKind::StorageFull.into())
            } else {
                None
            };
            if let Some(error) = error {
                let part = place(state.random())? % (bytes.len() + 1);
                let end = room(state, node.bytes.len(), offset + part);
                node.write(offset, &bytes[..end.saturating_sub(offset)]);
                return Err(error);
            }
            let end = room(state, node.bytes.len(), offset + bytes.len());
            node.write(offset, &bytes[..end.saturating_sub(offset)]);
            if end < offset + bytes.len() {
                Err(io::ErrorKind::StorageFull.into())
            } else {
                Ok(())
            }
        })
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        let length = place(length)?;
        self.with(|state, node| {
            let goes_on = state.operate()?;
            node.resize(length);
            if goes_on { Ok(()) } else { Err(power_is_off()) }
        })
    }

    fn reserve(&self, length: u64) -> io::Result<()> {
        let length = place(length)?;
        self.with(|state, node| {
            let goes_on = state.operate()?;
            if room(state, node.bytes.len(), length) < length {
                return Err(io::ErrorKind::StorageFull.into());
            }
            if length > node.bytes.len() {
                node.resize(length);
            }
            if goes_on { Ok(()) } else { Err(power_is_off()) }
        })
    }

    fn sync_data(&self) -> io::Result<()> {
        self.with(|state, node| {
            if !state.operate()? {
                return Err(power_is_off());
            }
            let probability = state.faults.sync_error;
            if state.chance(probability) {
                node.sync_badly(&mut || state.random());
                return Err(io::Error::other("injected: a sync failed"));
            }
            if !state.lying {
                node.sync();
            }
            Ok(())
        })
    }
}
