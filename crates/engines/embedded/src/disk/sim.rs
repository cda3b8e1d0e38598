//! A disk in memory that forgets, at a power cut, whatever was not synced: each page and each change of a name by chance.

use super::sim_file::{Node, SimFile};
use super::{Disk, Entry, File};
use parking_lot::Mutex;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How often operations fail, as probabilities from 0 to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Faults {
    /// A read fails with an I/O error.
    pub read_error: f64,
    /// A write fails with an I/O error after a part of it was done.
    pub write_error: f64,
    /// A write fails for want of room after a part of it was done.
    pub write_full: f64,
    /// A sync fails; some pages were stored, the others are forgotten although a later sync succeeds, as Linux does.
    pub sync_error: f64,
}

/// A simulated disk for tests; clones share it. Equal seeds and equal calls give equal outcomes.
#[derive(Clone, Debug)]
pub struct SimDisk {
    state: Arc<Mutex<State>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Name {
    Dir,
    File(u64),
}

impl Name {
    fn node(&self) -> Option<u64> {
        if let Self::File(node) = self { Some(*node) } else { None }
    }
}

/// A change of names that no directory sync has made durable yet.
#[derive(Debug)]
struct Pending {
    dirs: Vec<PathBuf>,
    sets: Vec<(PathBuf, Option<Name>)>,
}

#[derive(Debug)]
pub(super) struct State {
    random: u64,
    now: BTreeMap<PathBuf, Name>,
    kept: BTreeMap<PathBuf, Name>,
    pending: Vec<Pending>,
    pub(super) nodes: HashMap<u64, Node>,
    next_node: u64,
    pub(super) generation: u64,
    pub(super) faults: Faults,
    pub(super) capacity: Option<u64>,
    pub(super) lying: bool,
    off: bool,
    off_after: Option<u64>,
    operations: u64,
}

pub(super) fn power_is_off() -> io::Error {
    io::Error::other("the power of the simulated disk is off")
}

impl State {
    /// The next random number (splitmix64).
    pub(super) fn random(&mut self) -> u64 {
        self.random = self.random.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.random;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// True with the given probability; takes no random number when the probability is 0.
    pub(super) fn chance(&mut self, probability: f64) -> bool {
        probability > 0.0 && (self.random() >> 11) as f64 / ((1_u64 << 53) as f64) < probability
    }

    /// Fails when the power is off.
    pub(super) fn powered(&self) -> io::Result<()> {
        if self.off { Err(power_is_off()) } else { Ok(()) }
    }

    /// Counts a changing operation. `Ok(false)` means that the power goes off in the middle of it.
    pub(super) fn operate(&mut self) -> io::Result<bool> {
        self.powered()?;
        self.operations += 1;
        if let Some(left) = &mut self.off_after {
            *left = left.saturating_sub(1);
            if *left == 0 {
                self.off = true;
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Bytes that all files take that have a name or are open.
    pub(super) fn used(&self) -> u64 {
        let named: HashSet<u64> = self.now.values().filter_map(Name::node).collect();
        let taking = self
            .nodes
            .iter()
            .filter(|(id, node)| node.handles > 0 || named.contains(id));
        taking.map(|(_, node)| node.bytes.len() as u64).sum()
    }

    fn change(&mut self, sets: Vec<(PathBuf, Option<Name>)>) {
        let mut dirs: Vec<PathBuf> = sets.iter().map(|(path, _)| parent(path)).collect();
        dirs.dedup();
        for (path, name) in &sets {
            apply(&mut self.now, path, *name);
        }
        self.pending.push(Pending { dirs, sets });
        self.forget_unnamed();
    }

    fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        self.powered()?;
        let Some(Name::File(node)) = self.now.get(from).copied() else {
            return Err(io::ErrorKind::NotFound.into());
        };
        if self.now.get(&parent(to)) != Some(&Name::Dir) {
            return Err(io::ErrorKind::NotFound.into());
        }
        let goes_on = self.operate()?;
        self.change(vec![(from.to_owned(), None), (to.to_owned(), Some(Name::File(node)))]);
        if goes_on { Ok(()) } else { Err(power_is_off()) }
    }

    /// Drops the content of files that have neither a name nor an open handle.
    pub(super) fn forget_unnamed(&mut self) {
        let pending = self
            .pending
            .iter()
            .flat_map(|change| change.sets.iter().filter_map(|(_, name)| name.as_ref()));
        let names = self.now.values().chain(self.kept.values()).chain(pending);
        let alive: HashSet<u64> = names.filter_map(Name::node).collect();
        self.nodes
            .retain(|node, content| content.handles > 0 || alive.contains(node));
    }

    fn sync_names(&mut self, dir: &Path) {
        let (synced, pending) = std::mem::take(&mut self.pending)
            .into_iter()
            .partition(|change: &Pending| change.dirs.iter().any(|at| at == dir));
        self.pending = pending;
        let synced: Vec<Pending> = synced;
        for (path, name) in synced.into_iter().flat_map(|change| change.sets) {
            apply(&mut self.kept, &path, name);
        }
        self.forget_unnamed();
    }
}

fn parent(path: &Path) -> PathBuf {
    path.parent().unwrap_or(Path::new("/")).to_owned()
}

fn apply(names: &mut BTreeMap<PathBuf, Name>, path: &Path, name: Option<Name>) {
    match name {
        Some(name) => names.insert(path.to_owned(), name),
        None => names.remove(path),
    };
}

impl SimDisk {
    /// An empty disk with unlimited room and no faults.
    pub fn new(seed: u64) -> Self {
        let root = BTreeMap::from([(PathBuf::from("/"), Name::Dir)]);
        let state = State {
            random: seed,
            now: root.clone(),
            kept: root,
            pending: Vec::new(),
            nodes: HashMap::new(),
            next_node: 1,
            generation: 0,
            faults: Faults::default(),
            capacity: None,
            lying: false,
            off: false,
            off_after: None,
            operations: 0,
        };
        Self {
            state: Arc::new(Mutex::new(state)),
        }
    }

    /// Sets how often operations fail from now on.
    pub fn set_faults(&self, faults: Faults) {
        self.state.lock().faults = faults;
    }

    /// Limits the bytes that all files may take together; `None` lifts the limit.
    pub fn set_capacity(&self, bytes: Option<u64>) {
        self.state.lock().capacity = bytes;
    }

    /// Bytes that all files take now, reservations included.
    pub fn used(&self) -> u64 {
        self.state.lock().used()
    }

    /// With `true`, every sync claims success and does nothing: the positive control of crash tests.
    pub fn lie_about_sync(&self, lying: bool) {
        self.state.lock().lying = lying;
    }

    /// Changing operations so far (writes, syncs, changes of names).
    pub fn operations(&self) -> u64 {
        self.state.lock().operations
    }

    /// Switches the power off in the middle of the `count`-th changing operation from now; everything fails from then
    /// on, until [`SimDisk::power_cut`] switches it on again.
    pub fn switch_off_after(&self, count: u64) {
        self.state.lock().off_after = Some(count.max(1));
    }

    /// Cuts the power and switches it on again. Each 4 KiB page and each change of a name that was not synced is kept,
    /// dropped or (pages) kept in some of its 512-byte sectors, by chance. Open files are dead afterwards; faults end.
    pub fn power_cut(&self, seed: u64) {
        let mut state = self.state.lock();
        state.random = seed;
        let mut ids: Vec<u64> = state.nodes.keys().copied().collect();
        ids.sort_unstable();
        for id in ids {
            if let Some(mut node) = state.nodes.remove(&id) {
                node.lose(&mut || state.random());
                state.nodes.insert(id, node);
            }
        }
        for change in std::mem::take(&mut state.pending) {
            if state.random().is_multiple_of(2) {
                for (path, name) in change.sets {
                    apply(&mut state.kept, &path, name);
                }
            }
        }
        state.now = state.kept.clone();
        state.forget_unnamed();
        state.generation += 1;
        state.off = false;
        state.off_after = None;
        state.faults = Faults::default();
    }

    fn handle(&self, state: &mut State, node: u64) -> Arc<dyn File> {
        state.nodes.entry(node).or_default().handles += 1;
        Arc::new(SimFile {
            state: self.state.clone(),
            node,
            generation: state.generation,
        })
    }
}

impl Disk for SimDisk {
    fn create(&self, path: &Path) -> io::Result<Arc<dyn File>> {
        let mut state = self.state.lock();
        state.powered()?;
        if state.now.contains_key(path) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        if state.now.get(&parent(path)) != Some(&Name::Dir) {
            return Err(io::ErrorKind::NotFound.into());
        }
        let goes_on = state.operate()?;
        let node = state.next_node;
        state.next_node += 1;
        state.nodes.insert(node, Node::default());
        state.change(vec![(path.to_owned(), Some(Name::File(node)))]);
        if goes_on {
            Ok(self.handle(&mut state, node))
        } else {
            Err(power_is_off())
        }
    }

    fn open(&self, path: &Path) -> io::Result<Arc<dyn File>> {
        let mut state = self.state.lock();
        state.powered()?;
        match state.now.get(path).copied() {
            Some(Name::File(node)) => Ok(self.handle(&mut state, node)),
            Some(Name::Dir) => Err(io::ErrorKind::IsADirectory.into()),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<Entry>> {
        let state = self.state.lock();
        state.powered()?;
        match state.now.get(dir) {
            Some(Name::Dir) => {}
            Some(Name::File(_)) => return Err(io::ErrorKind::NotADirectory.into()),
            None => return Err(io::ErrorKind::NotFound.into()),
        }
        let inside = state.now.iter().filter(|(path, _)| path.parent() == Some(dir));
        Ok(inside
            .filter_map(|(path, name)| {
                let text = path.file_name()?.to_str()?.to_owned();
                Some(Entry {
                    name: text,
                    is_dir: *name == Name::Dir,
                })
            })
            .collect())
    }

    fn create_dir_all(&self, dir: &Path) -> io::Result<()> {
        let mut state = self.state.lock();
        state.powered()?;
        for part in dir.ancestors().collect::<Vec<_>>().into_iter().rev() {
            match state.now.get(part) {
                Some(Name::Dir) => {}
                Some(Name::File(_)) => return Err(io::ErrorKind::NotADirectory.into()),
                None => {
                    if !state.operate()? {
                        return Err(power_is_off());
                    }
                    state.change(vec![(part.to_owned(), Some(Name::Dir))]);
                    state.sync_names(&parent(part));
                }
            }
        }
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let mut state = self.state.lock();
        state.powered()?;
        if !matches!(state.now.get(path), Some(Name::File(_))) {
            return Err(io::ErrorKind::NotFound.into());
        }
        let goes_on = state.operate()?;
        state.change(vec![(path.to_owned(), None)]);
        if goes_on { Ok(()) } else { Err(power_is_off()) }
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.state.lock().rename(from, to)
    }

    fn rename_new(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut state = self.state.lock();
        if state.now.contains_key(to) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        state.rename(from, to)
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        let mut state = self.state.lock();
        state.powered()?;
        if state.now.get(dir) != Some(&Name::Dir) {
            return Err(io::ErrorKind::NotFound.into());
        }
        if !state.operate()? {
            return Err(power_is_off());
        }
        let probability = state.faults.sync_error;
        if state.chance(probability) {
            return Err(io::Error::other("injected: the sync of a directory failed"));
        }
        if !state.lying {
            state.sync_names(dir);
        }
        Ok(())
    }
}
