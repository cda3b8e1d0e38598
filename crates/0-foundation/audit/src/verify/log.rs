//! The walk over log and tiles, side by side, with a look at each checkpoint that is passed; and the judgement at the end.

use super::notes::Notes;
use super::report::{Fault, Report};
use super::tiles::{self, Tiles};
use super::{Evidence, Piece, Trust};
use crate::keep::{self, Kept, RELEASED};
use crate::merkle::{Hash, Peaks, leaf};
use crate::model::AuditRecord;
use crate::tile::hex_hash::to_hex;
use crate::tile::{self, TileHead};
use bytes::Bytes;
use kernel::position::Position;
use ports::error::Result;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// What was seen on the way.
#[derive(Debug, Default)]
pub(super) struct Walked {
    /// The tree by the tiles, and by the records where there are any.
    by_tiles: Peaks,
    by_log: Peaks,
    /// Numbers of records that are not in the log: first and behind last.
    missing: Vec<(u64, u64)>,
    /// What the trace says of tiles that were given back: number, name of the object, its SHA-256.
    released: BTreeMap<u64, (String, String)>,
    /// Holes in the positions behind the last tile; a power cut may leave one.
    holes: Vec<(Position, Position)>,
    /// Checkpoints that fit, by size, and those that do not.
    good: Vec<u64>,
    bad: Vec<(String, u64)>,
    level: u32,
    /// Tiles that there should be by their names.
    tiles: u64,
    last: Position,
    /// An odd place with nothing behind it: place and what is wrong.
    torn: Option<(String, String)>,
}

struct Walk<'a> {
    evidence: &'a mut dyn Evidence,
    notes: &'a Notes,
    next_note: usize,
    peeked: Option<Piece>,
    from: u64,
    /// An odd place that may only be the end of a log that is being written.
    pending: Option<(String, String)>,
    walked: Walked,
}

pub(super) fn walk(
    evidence: &mut dyn Evidence,
    tiles: &Tiles,
    notes: &Notes,
    from: u64,
    report: &mut Report,
) -> Result<Walked> {
    let level = tiles::level(evidence, tiles)?;
    let mut walk = Walk {
        evidence,
        notes,
        next_note: 0,
        peeked: None,
        from,
        pending: None,
        walked: Walked {
            level,
            tiles: tiles.count,
            ..Walked::default()
        },
    };
    walk.pass_notes(report);
    for number in 0..tiles.count {
        match tiles::load(walk.evidence, number, report)? {
            Some((head, leaves)) => walk.tile(&head, &leaves, report)?,
            None => walk.without_tile(number, tiles, report)?,
        }
    }
    while let Some((file, position, bytes)) = walk.record(report)? {
        let expected = walk.walked.last.next();
        if position != expected && position.epoch == expected.epoch && walk.walked.by_log.size() > 0 {
            walk.walked.holes.push((expected, position));
        }
        walk.take(&file, position, &bytes, leaf(&bytes), report);
    }
    walk.walked.torn = walk.pending.take();
    Ok(walk.walked)
}

impl Walk<'_> {
    /// The next record without consuming it; odd places are told on the way.
    fn peek(&mut self, report: &mut Report) -> Result<Option<Position>> {
        loop {
            if self.peeked.is_none() {
                self.peeked = self.evidence.next_piece()?;
            }
            match &self.peeked {
                None => return Ok(None),
                Some(Piece::Record { position, .. }) => {
                    let position = *position;
                    if let Some((place, what)) = self.pending.take() {
                        report.find(Fault::Damaged, place, what);
                    }
                    return Ok(Some(position));
                }
                Some(Piece::Odd { file, from, to, what }) => {
                    let odd = (format!("{file}, bytes {from} to {to}"), (*what).to_owned());
                    if let Some((place, what)) = self.pending.replace(odd) {
                        report.find(Fault::Damaged, place, what);
                    }
                    self.peeked = None;
                }
            }
        }
    }

    fn record(&mut self, report: &mut Report) -> Result<Option<(String, Position, Bytes)>> {
        if self.peek(report)?.is_none() {
            return Ok(None);
        }
        match self.peeked.take() {
            Some(Piece::Record { file, position, bytes }) => Ok(Some((file, position, bytes))),
            _ => Ok(None),
        }
    }

    fn tile(&mut self, head: &TileHead, leaves: &[Hash], report: &mut Report) -> Result<()> {
        let mut runs = head.runs.iter().peekable();
        let mut at = Position::START;
        for (index, expected) in (head.first()..).zip(leaves) {
            at = match runs.next_if(|run| run.index == index) {
                Some(run) => run.at,
                None => at.next(),
            };
            while self.peek(report)?.is_some_and(|found| found < at) {
                if let Some((file, position, _)) = self.record(report)? {
                    let what = "no record was signed at this position, or it stands in another order";
                    report.find(Fault::Foreign, format!("{file}, position {position}"), what);
                }
            }
            if self.peek(report)? == Some(at)
                && let Some((file, position, bytes)) = self.record(report)?
            {
                let found = if index < self.from { *expected } else { leaf(&bytes) };
                if found != *expected {
                    let what = format!("record {index} is not the one that is in the tree");
                    report.find(Fault::Changed, format!("{file}, position {position}"), what);
                } else if index >= self.from {
                    report.sound += 1;
                    self.walked.hear(&bytes);
                }
                self.walked.by_log.push(found);
            } else {
                if index >= self.from {
                    self.walked.miss(index);
                }
                self.walked.by_log.push(*expected);
            }
            self.walked.by_tiles.push(*expected);
            self.pass_notes(report);
        }
        self.walked.last = head.last;
        Ok(())
    }

    /// The tile is lost: its records alone must do, up to where the next good tile begins.
    fn without_tile(&mut self, number: u64, tiles: &Tiles, report: &mut Report) -> Result<()> {
        let mut next = None;
        if number + 1 < tiles.count {
            let mut quiet = Report::default();
            next = tiles::load(self.evidence, number + 1, &mut quiet)?.and_then(|(head, _)| head.runs.first().copied());
        }
        for index in (number << self.walked.level)..((number + 1) << self.walked.level) {
            let position = self.peek(report)?;
            let own = position.is_some_and(|at| next.is_none_or(|next| at < next.at));
            match if own { self.record(report)? } else { None } {
                Some((file, position, bytes)) => {
                    let found = leaf(&bytes);
                    self.take(&file, position, &bytes, found, report);
                }
                None => {
                    self.walked.miss(index);
                    self.walked.by_tiles.push([0; 32]);
                    self.walked.by_log.push([0; 32]);
                    self.pass_notes(report);
                }
            }
        }
        Ok(())
    }

    /// A record for which there is no tile.
    fn take(&mut self, file: &str, position: Position, bytes: &Bytes, hash: Hash, report: &mut Report) {
        if position <= self.walked.last {
            let what = format!("it stands behind position {}", self.walked.last);
            report.find(Fault::Order, format!("{file}, position {position}"), what);
        }
        self.walked.last = position;
        self.walked.by_tiles.push(hash);
        self.walked.by_log.push(hash);
        if self.walked.by_log.size() > self.from {
            report.sound += 1;
        }
        self.walked.hear(bytes);
        self.pass_notes(report);
    }

    /// Compares with the checkpoints of this size.
    fn pass_notes(&mut self, report: &mut Report) {
        let size = self.walked.by_tiles.size();
        while let Some((place, checkpoint)) = self.notes.all.get(self.next_note).filter(|(_, note)| note.size <= size) {
            let place = place.clone();
            self.next_note += 1;
            if checkpoint.root == self.walked.by_tiles.root() {
                self.walked.good.push(size);
                report.checkpoints += 1;
            } else {
                if checkpoint.root == self.walked.by_log.root() {
                    let what = "the records give the signed root, the tiles do not: a tile was forged";
                    report.find(Fault::Tile, format!("records before {size}"), what);
                }
                self.walked.bad.push((place, size));
            }
        }
    }
}

impl Walked {
    fn miss(&mut self, index: u64) {
        match self.missing.last_mut() {
            Some((_, end)) if *end == index => *end += 1,
            _ => self.missing.push((index, index + 1)),
        }
    }

    /// Remembers what the trace says about itself.
    fn hear(&mut self, bytes: &Bytes) {
        if memchr::memmem::find(bytes, RELEASED.as_bytes()).is_none() {
            return;
        }
        let Ok(record) = serde_json::from_slice::<AuditRecord>(bytes) else {
            return;
        };
        if let (RELEASED, Some((tile, _)), Some(sum)) = (
            record.act.as_str(),
            keep::parse(&record.target),
            record.detail.get("sha256"),
        ) {
            self.released.insert(tile, (record.target.clone(), sum.clone()));
        }
    }

    pub(super) fn judge(
        self,
        evidence: &dyn Evidence,
        trust: &Trust,
        notes: &Notes,
        report: &mut Report,
    ) -> Result<()> {
        let size = self.by_log.size();
        report.records = size;
        report.newest = notes.newest().cloned();
        self.judge_missing(evidence, report)?;
        if let Some((place, checkpoint)) = notes.all.last().filter(|(_, newest)| newest.size > size) {
            let what = format!(
                "records {size} to {} are missing at the end, behind position {}; {place} signs them",
                checkpoint.size - 1,
                self.last
            );
            report.find(Fault::Missing, "the end of the log", what);
        }
        for (place, bad) in &self.bad {
            let before = self.good.iter().filter(|good| *good < bad).max().copied().unwrap_or(0);
            let holes: Vec<String> = self
                .holes
                .iter()
                .map(|(from, to)| format!("{from} to before {to}"))
                .collect();
            let hint = if holes.is_empty() {
                String::new()
            } else {
                format!("; the log has holes at positions {}", holes.join(", "))
            };
            let what = format!("{place} signs other records; what was changed is in this range{hint}");
            report.find(
                Fault::Root,
                format!("records {before} to {}", bad.saturating_sub(1)),
                what,
            );
        }
        let covered = notes.newest().map_or(0, |newest| newest.size);
        // a full tile is stored before it is signed
        let full = covered.min(size) >> self.level;
        if self.tiles < full {
            let what = "the tile is missing at the end; its records are in the log";
            report.find(Fault::Tile, tile::name(self.tiles), what);
        }
        if size > covered {
            let count = size - covered;
            if trust.running {
                let remark = format!("{count} records are behind the newest checkpoint; the next one covers them");
                report.remarks.push(remark);
            } else if !notes.all.is_empty() {
                let what = format!("{count} records are behind the newest checkpoint, and nothing runs");
                report.find(Fault::Uncovered, format!("records {covered} to {}", size - 1), what);
            }
        }
        // the end of a log that is being written looks torn
        if let Some((place, what)) = self.torn
            && !(trust.running && size >= covered)
        {
            report.find(Fault::Damaged, place, what);
        }
        Ok(())
    }

    /// What is missing must have been dropped, as a signed record says, and what outlives it must be there.
    fn judge_missing(&self, evidence: &dyn Evidence, report: &mut Report) -> Result<()> {
        let mut kept: BTreeMap<u64, BTreeMap<u64, Hash>> = BTreeMap::new();
        for (from, to) in &self.missing {
            let mut at = *from;
            while at < *to {
                let tile = at >> self.level;
                let end = (*to).min((tile + 1) << self.level);
                if let Some((name, sum)) = self.released.get(&tile) {
                    let items = match kept.entry(tile) {
                        Entry::Occupied(found) => found.into_mut(),
                        Entry::Vacant(place) => place.insert(read_kept(evidence, tile, name, sum, report)?),
                    };
                    let here = items.range(at..end).count() as u64;
                    report.dropped += end - at - here;
                    report.sound += here;
                } else {
                    let what = "they were signed and are not in the log, and no record says that they were dropped";
                    report.find(Fault::Missing, format!("records {at} to {}", end - 1), what);
                }
                at = end;
            }
        }
        for (tile, items) in &kept {
            let mut quiet = Report::default();
            let Some((head, leaves)) = tiles::load(evidence, *tile, &mut quiet)? else {
                continue;
            };
            for (index, hash) in items {
                let expected = index
                    .checked_sub(head.first())
                    .and_then(|at| leaves.get(usize::try_from(at).ok()?));
                if expected != Some(hash) {
                    let what = format!("record {index} is not the one that is in the tree");
                    report.find(Fault::Kept, format!("kept records of tile {tile}"), what);
                }
            }
        }
        Ok(())
    }
}

fn read_kept(
    evidence: &dyn Evidence,
    tile: u64,
    name: &str,
    sum: &str,
    report: &mut Report,
) -> Result<BTreeMap<u64, Hash>> {
    let bytes = evidence.object(name)?;
    let good = bytes.filter(|bytes| to_hex(&Sha256::digest(bytes)) == sum);
    let Some(kept) = good
        .and_then(|bytes| Kept::decode(&bytes).ok())
        .filter(|kept| kept.tile == tile)
    else {
        let what = "the records of this tile that were to stay are missing or changed";
        report.find(Fault::Kept, name, what);
        return Ok(BTreeMap::new());
    };
    let items = kept.items.into_iter();
    Ok(items.map(|(index, text)| (index, leaf(text.as_bytes()))).collect())
}
