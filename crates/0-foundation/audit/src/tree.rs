//! The tree over the audit log. It follows the log and never stands in its way: a record is durable first, its leaf comes
//! after. What is not in a full tile follows from the log again after a crash.

mod proof;

use crate::merkle::{Hash, Peaks, leaf};
use crate::tile::{self, HEAD, Run, TileHead};
use kernel::position::Position;
use kernel::time::Timestamp;
use parking_lot::{Mutex, RwLock};
use ports::error::{PortError, Result};
use ports::log::{Frame, Log};
use ports::objects::Objects;
use serde::Deserialize;
use std::sync::Arc;
use tokio::sync::watch;

/// Logarithm of the leaves of a tile.
pub const LEVEL: u32 = 16;
/// Bytes of the log that are read at once.
const READ: usize = 4 << 20;

/// What is known of the records so far.
#[derive(Debug)]
struct State {
    /// Roots and times of full tiles.
    tiles: Vec<Full>,
    /// Places of all records.
    runs: Vec<Run>,
    peaks: Peaks,
    /// Leaves of the tile that is not full yet.
    open: Vec<Hash>,
    from: Timestamp,
    to: Timestamp,
    /// Position of the newest record in the tree.
    last: Position,
}

#[derive(Clone, Debug)]
struct Full {
    root: Hash,
    last: Position,
    from: Timestamp,
    to: Timestamp,
}

/// A full tile as others need to know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TileInfo {
    /// Number of the leaf behind its last one.
    pub end: u64,
    /// Position of its last record.
    pub last: Position,
    /// Earliest time of its records.
    pub from: Timestamp,
    /// Latest time of its records.
    pub to: Timestamp,
}

#[derive(Debug)]
struct Inner {
    log: Arc<dyn Log>,
    objects: Arc<dyn Objects>,
    level: u32,
    /// Why the tree cannot grow.
    broken: Option<String>,
    state: RwLock<State>,
    /// Only one may follow the log at a time.
    turn: tokio::sync::Mutex<()>,
    size: watch::Sender<u64>,
    /// The tile that was asked for last.
    read: Mutex<Option<(u64, Arc<Vec<Hash>>)>>,
}

/// The tree of one audit log; clones share it.
#[derive(Clone, Debug)]
pub struct Tree(Arc<Inner>);

#[derive(Deserialize)]
struct Timed {
    at: Timestamp,
}

impl Tree {
    /// Reads the headers of the full tiles, not yet the rest of the log: [`catch_up`](Self::catch_up) does that. `level` is
    /// [`LEVEL`], in tests less. When a tile is missing or damaged the tree ends before it, and stays so until that is mended.
    pub async fn open(log: Arc<dyn Log>, objects: Arc<dyn Objects>, level: u32) -> Result<Self> {
        let mut state = State {
            tiles: Vec::new(),
            runs: Vec::new(),
            peaks: Peaks::default(),
            open: Vec::new(),
            from: Timestamp::MAX,
            to: Timestamp::MIN,
            last: Position::START,
        };
        let mut broken = None;
        for (number, name) in (0..).zip(objects.list(tile::PREFIX).await?) {
            let head = match read_head(&*objects, number).await {
                Ok(Some(head)) => head,
                Ok(None) => {
                    broken = Some(format!("tile {number} of the audit log is missing, {name} is there"));
                    break;
                }
                Err(PortError::Corrupt(what)) => {
                    broken = Some(format!("{name}: {what}"));
                    break;
                }
                Err(other) => return Err(other),
            };
            if head.level != level || head.runs.first().is_some_and(|run| run.at <= state.last) {
                broken = Some(format!(
                    "tile {number} of the audit log does not follow the one before it"
                ));
                break;
            }
            state.take_full(&head);
        }
        let size = watch::Sender::new(state.peaks.size());
        let (state, turn, read) = (RwLock::new(state), tokio::sync::Mutex::default(), Mutex::default());
        Ok(Self(Arc::new(Inner {
            log,
            objects,
            level,
            broken,
            state,
            turn,
            size,
            read,
        })))
    }

    /// Takes every durable record into the tree and answers its size. Full tiles are durable before the next one begins.
    /// Fails with [`PortError::Corrupt`] when a tile is missing or damaged.
    pub async fn catch_up(&self) -> Result<u64> {
        if let Some(broken) = &self.0.broken {
            let remedy = "`hanoi-ioc verify audit` says what to do";
            return Err(PortError::Corrupt(format!("{broken}; {remedy}")));
        }
        let _turn = self.0.turn.lock().await;
        loop {
            self.store_full().await?;
            let last = self.0.state.read().last;
            let frames = self.0.log.read(last, READ).await?;
            if frames.is_empty() {
                break;
            }
            let mut leaves = frames.iter().map(|frame| (frame, leaf(&frame.bytes), time(frame)));
            loop {
                let full = {
                    let mut state = self.0.state.write();
                    let room = (1_usize << self.0.level) - state.open.len();
                    let mut taken = 0;
                    for (frame, leaf, time) in leaves.by_ref().take(room) {
                        state.take(frame.position, leaf, time);
                        taken += 1;
                    }
                    taken == room
                };
                self.0.size.send_replace(self.size());
                if !full {
                    break;
                }
                // on failure: what was taken stays, and the next turn reads on behind it
                self.store_full().await?;
            }
            tokio::task::yield_now().await;
        }
        let size = self.size();
        metrics::gauge!("hanoi_ioc_audit_tree_records").set(size as f64);
        Ok(size)
    }

    /// Stores the open tile when it is full.
    async fn store_full(&self) -> Result<()> {
        let (head, bytes) = {
            let state = self.0.state.read();
            if state.open.len() < 1 << self.0.level {
                return Ok(());
            }
            let head = state.head_of_open(self.0.level);
            let bytes = tile::encode(&head, &state.open)?;
            (head, bytes)
        };
        let name = tile::name(head.number);
        if !self.0.objects.put_if_absent(&name, bytes.clone()).await?
            && self.0.objects.get(&name).await?.is_some_and(|found| found != bytes)
        {
            let text = format!("{name} exists and is not what the log gives; keep a copy, remove it and start again");
            return Err(PortError::Corrupt(text));
        }
        let mut state = self.0.state.write();
        state.tiles.push(Full::of(&head));
        state.open.clear();
        (state.from, state.to) = (Timestamp::MAX, Timestamp::MIN);
        Ok(())
    }

    /// Records in the tree.
    pub fn size(&self) -> u64 {
        self.0.state.read().peaks.size()
    }

    /// Records in the tree, with news of every growth.
    pub fn grows(&self) -> watch::Receiver<u64> {
        self.0.size.subscribe()
    }

    /// Size, root and last position of this moment.
    pub fn head(&self) -> (u64, Hash, Position) {
        let state = self.0.state.read();
        (state.peaks.size(), state.peaks.root(), state.last)
    }

    /// The full tiles, oldest first.
    pub fn tiles(&self) -> Vec<TileInfo> {
        let state = self.0.state.read();
        let full = (1..).zip(&state.tiles);
        full.map(|(next, tile): (u64, _)| TileInfo {
            end: next << self.0.level,
            last: tile.last,
            from: tile.from,
            to: tile.to,
        })
        .collect()
    }

    /// Logarithm of the leaves of a tile.
    pub fn level(&self) -> u32 {
        self.0.level
    }

    /// Earliest and latest time of the records of a tile, the open one included.
    pub fn times(&self, tile: u64) -> Option<(Timestamp, Timestamp)> {
        let state = self.0.state.read();
        let tile = usize::try_from(tile).ok()?;
        match state.tiles.get(tile) {
            Some(full) => Some((full.from, full.to)),
            None => (tile == state.tiles.len() && !state.open.is_empty()).then_some((state.from, state.to)),
        }
    }

    /// Where record `index` lies, or lay.
    pub fn position_of(&self, index: u64) -> Option<Position> {
        let state = self.0.state.read();
        (index < state.peaks.size()).then(|| state.position_of(index)).flatten()
    }

    /// The number of the record at a position.
    pub fn index_of(&self, position: Position) -> Option<u64> {
        let state = self.0.state.read();
        let run = state.runs.partition_point(|run| run.at <= position);
        let run = state.runs.get(run.checked_sub(1)?)?;
        let index = run.index + position.sequence.checked_sub(run.at.sequence)?;
        let here = index < state.peaks.size() && state.position_of(index) == Some(position);
        here.then_some(index)
    }

    /// The first record behind a position: its number, or the size when there is none yet.
    pub fn index_after(&self, position: Position) -> u64 {
        let state = self.0.state.read();
        let size = state.peaks.size();
        if position >= state.last {
            return size;
        }
        let next = state.runs.partition_point(|run| run.at <= position);
        let end = state.runs.get(next).map_or(size, |run| run.index);
        match next.checked_sub(1).and_then(|before| state.runs.get(before)) {
            Some(run) if run.at.epoch == position.epoch => {
                (run.index + (position.sequence - run.at.sequence) + 1).min(end)
            }
            _ => end,
        }
    }
}

fn time(frame: &Frame) -> Option<Timestamp> {
    serde_json::from_slice::<Timed>(&frame.bytes).ok().map(|timed| timed.at)
}

async fn read_head(objects: &dyn Objects, number: u64) -> Result<Option<TileHead>> {
    let name = tile::name(number);
    let Some(bytes) = objects.get_range(&name, 0..HEAD).await? else {
        return Ok(None);
    };
    let length = tile::head_length(&bytes)?;
    if length <= bytes.len() {
        return tile::decode_head(number, &bytes).map(Some);
    }
    let bytes = objects.get_range(&name, 0..length as u64).await?.unwrap_or_default();
    tile::decode_head(number, &bytes).map(Some)
}

impl Full {
    fn of(head: &TileHead) -> Self {
        Self {
            root: head.root,
            last: head.last,
            from: head.from,
            to: head.to,
        }
    }
}

impl State {
    /// A full tile that was found at the start.
    fn take_full(&mut self, head: &TileHead) {
        for run in &head.runs {
            self.note(*run);
        }
        self.last = head.last;
        self.peaks.push_subtree(head.level, head.root);
        self.tiles.push(Full::of(head));
    }

    fn take(&mut self, at: Position, leaf: Hash, time: Option<Timestamp>) {
        let index = self.peaks.size();
        self.note(Run { index, at });
        self.last = at;
        self.peaks.push(leaf);
        self.open.push(leaf);
        if let Some(time) = time {
            self.from = self.from.min(time);
            self.to = self.to.max(time);
        }
    }

    fn note(&mut self, run: Run) {
        if self.runs.is_empty() || run.at != self.last.next() {
            self.runs.push(run);
        }
    }

    fn position_of(&self, index: u64) -> Option<Position> {
        let run = self.runs.partition_point(|run| run.index <= index);
        let run = self.runs.get(run.checked_sub(1)?)?;
        Some(Position {
            epoch: run.at.epoch,
            sequence: run.at.sequence + (index - run.index),
        })
    }

    fn head_of_open(&self, level: u32) -> TileHead {
        let number = self.tiles.len() as u64;
        let first = number << level;
        let begin = self.position_of(first).unwrap_or_default();
        let mut runs = vec![Run {
            index: first,
            at: begin,
        }];
        runs.extend(self.runs.iter().filter(|run| run.index > first));
        TileHead {
            number,
            level,
            runs,
            last: self.last,
            from: self.from.min(self.to),
            to: self.to.max(self.from),
            root: crate::merkle::root(&self.open),
        }
    }
}
