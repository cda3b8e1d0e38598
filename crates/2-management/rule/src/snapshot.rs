//! The state as bytes, so that a restart needs only the tail of the log (SEMANTICS 14).
//!
//! Format 1, little endian: magic, format, clock, rules (fingerprint, face as JSON), slots (see `write_slot`). The owner adds
//! checksum and log position. Slots in their first state are left out.

mod bytes;

use crate::error::RuleError;
use crate::evaluate::Evaluator;
use crate::state::{Manner, Pending};
use crate::transition::{Face, Transition};
use crate::window::{CELLS, Cell};
use bytes::{Reader, Writer};
use kernel::series::SeriesId;
use kernel::severity::Severity;
use kernel::signal::Change;
use kernel::time::Timestamp;
use std::sync::Arc;

const MAGIC: u32 = u32::from_le_bytes(*b"RULE");
/// The format that is written; older ones are read for ever.
pub const FORMAT: u16 = 1;

/// What came of a restore.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Restored {
    /// Slots whose state was taken over.
    pub kept: usize,
    /// Slots whose rule is gone or changed, or whose series is not bound; what they had raised was cleared.
    pub dropped: usize,
}

/// One slot as it is stored.
struct Stored {
    rule: u16,
    series: SeriesId,
    level: u8,
    holding: u8,
    severity: Severity,
    silence: bool,
    limit: f64,
    time: Timestamp,
    value: f64,
    since: Timestamp,
    last_at: Timestamp,
    ordinal: u32,
    renew_due: Timestamp,
    renewals: u32,
    said: Timestamp,
    pending: Option<Box<Pending>>,
    cells: Vec<Cell>,
}

impl Evaluator {
    /// Everything that must survive a restart.
    pub fn snapshot(&self) -> Vec<u8> {
        let mut to = Writer::default();
        to.u32(MAGIC);
        to.u16(FORMAT);
        to.time(self.clock);
        to.u16(self.rules.len() as u16);
        for rule in &self.rules {
            to.bytes(&rule.fingerprint);
            to.block(&serde_json::to_vec(&*rule.face).unwrap_or_default());
        }
        let count = to.place();
        let mut slots = 0u32;
        for slot in 0..self.slots.hot.len() {
            let hot = &self.slots.hot[slot];
            let cells = self.slots.cold[slot]
                .window
                .as_ref()
                .map_or(0, |window| window.cells().len());
            if hot.manner != Manner::Free && (hot.time != Timestamp::MIN || cells > 0) {
                self.write_slot(slot, &mut to);
                slots += 1;
            }
        }
        to.put(count, slots);
        to.done()
    }

    fn write_slot(&self, slot: usize, to: &mut Writer) {
        let (hot, cold) = (&self.slots.hot[slot], &self.slots.cold[slot]);
        let step = usize::from(hot.level).saturating_sub(1);
        let silence = hot.manner == Manner::Silence;
        to.u16(hot.rule);
        to.u32(cold.series.0);
        let severity = self.slots.severity(&self.rules[usize::from(hot.rule)], slot).level();
        to.bytes(&[hot.level, hot.holding, severity, u8::from(silence)]);
        to.f64(if silence {
            cold.after as f64 / 1e6
        } else {
            cold.edges.get(step).map_or(0.0, |edge| edge.limit)
        });
        to.time(hot.time);
        to.f64(hot.value);
        for time in [cold.since, cold.last_at, cold.renew_due, cold.said] {
            to.time(time);
        }
        to.u32(cold.ordinal);
        to.u32(cold.renewals);
        to.bytes(&[u8::from(cold.pending.is_some())]);
        for time in cold
            .pending
            .iter()
            .flat_map(|pending| pending.clock.iter().chain(&pending.onset))
        {
            to.time(*time);
        }
        let window = cold.window.as_ref();
        to.u16(window.map_or(0, |window| window.cells().len()) as u16);
        for cell in window.iter().flat_map(|window| window.cells()) {
            to.time(Timestamp::from_micros(cell.first_time));
            to.time(Timestamp::from_micros(cell.last_time));
            for number in [cell.first, cell.last, cell.sum, cell.min, cell.max] {
                to.f64(number);
            }
            to.u32(cell.count);
        }
    }

    /// Takes a snapshot over. Call it after every series was bound and before the tail of the log is replayed. The state
    /// of removed or changed rules is dropped, and what they had raised is cleared through `out`. On an error nothing
    /// changes.
    pub fn restore(&mut self, bytes: &[u8], out: &mut Vec<Transition>) -> Result<Restored, RuleError> {
        let mut from = Reader::new(bytes);
        if from.u32()? != MAGIC {
            return Err(RuleError::Damaged(0));
        }
        let format = from.u16()?;
        if format == 0 || format > FORMAT {
            return Err(RuleError::NewerFormat {
                found: format,
                known: FORMAT,
            });
        }
        let clock = from.time()?;
        let mut faces = Vec::new();
        for _ in 0..from.u16()? {
            let fingerprint = from.take(16)?;
            let index = self.rules.iter().position(|rule| rule.fingerprint == fingerprint);
            let face: Face = serde_json::from_slice(from.block()?).map_err(|_| from.damaged())?;
            faces.push((Arc::new(face), index));
        }
        let mut stored = Vec::new();
        for _ in 0..from.u32()? {
            stored.push(read_slot(&mut from, faces.len())?);
        }
        from.end()?;
        self.clock = clock;
        let mut restored = Restored::default();
        for slot in stored {
            let (face, index) = &faces[usize::from(slot.rule)];
            if self.take_over(&slot, *index) {
                restored.kept += 1;
            } else {
                restored.dropped += 1;
                if slot.level > 0 {
                    out.push(farewell(&slot, face, clock));
                }
            }
        }
        Ok(restored)
    }

    fn take_over(&mut self, stored: &Stored, index: Option<usize>) -> bool {
        let Some(index) = index else { return false };
        let bound = self.bound.get(stored.series.0 as usize);
        let ours = |slot: &&u32| usize::from(self.slots.hot[**slot as usize].rule) == index;
        let Some(slot) = bound
            .and_then(|bound| bound.iter().find(ours))
            .map(|slot| *slot as usize)
        else {
            return false;
        };
        let (hot, cold) = (&mut self.slots.hot[slot], &mut self.slots.cold[slot]);
        let most = if hot.manner == Manner::Silence {
            1
        } else {
            cold.edges.len()
        };
        if usize::from(stored.level) > most || cold.pending.is_some() != stored.pending.is_some() {
            return false;
        }
        (hot.time, hot.value, hot.level, hot.holding) = (stored.time, stored.value, stored.level, stored.holding);
        (cold.since, cold.last_at, cold.ordinal) = (stored.since, stored.last_at, stored.ordinal);
        (cold.renew_due, cold.renewals, cold.said) = (stored.renew_due, stored.renewals, stored.said);
        cold.pending.clone_from(&stored.pending);
        if let Some(window) = &mut cold.window {
            window.refill(&stored.cells);
        }
        self.slots.fit_band(slot);
        self.slots.arm(&self.rules[index], slot);
        true
    }
}

fn read_slot(from: &mut Reader<'_>, rules: usize) -> Result<Stored, RuleError> {
    let rule = from.u16()?;
    let series = SeriesId(from.u32()?);
    let flags = from.take(4)?;
    let (level, holding, severity, silence) = (flags[0], flags[1], flags[2], flags[3] != 0);
    let severity = Severity::try_from(severity).map_err(|_| from.damaged())?;
    let (limit, time, value) = (from.f64()?, from.time()?, from.f64()?);
    let (since, last_at, renew_due, said) = (from.time()?, from.time()?, from.time()?, from.time()?);
    let (ordinal, renewals) = (from.u32()?, from.u32()?);
    let mut pending = None;
    if from.take(1)? != [0] {
        let mut times = [[Timestamp::MAX; 8]; 2];
        for time in times.as_flattened_mut() {
            *time = from.time()?;
        }
        pending = Some(Box::new(Pending {
            clock: times[0],
            onset: times[1],
        }));
    }
    let count = from.u16()?;
    if usize::from(rule) >= rules || i64::from(count) > CELLS + 2 {
        return Err(from.damaged());
    }
    let mut cells = Vec::with_capacity(usize::from(count));
    for _ in 0..count {
        cells.push(Cell {
            first_time: from.time()?.micros(),
            last_time: from.time()?.micros(),
            first: from.f64()?,
            last: from.f64()?,
            sum: from.f64()?,
            min: from.f64()?,
            max: from.f64()?,
            count: from.u32()?,
        });
    }
    Ok(Stored {
        rule,
        series,
        level,
        holding,
        severity,
        silence,
        limit,
        time,
        value,
        since,
        last_at,
        ordinal,
        renew_due,
        renewals,
        said,
        pending,
        cells,
    })
}

/// The last word of a rule that is gone: cleared at the newest row that it judged.
fn farewell(stored: &Stored, face: &Arc<Face>, clock: Timestamp) -> Transition {
    let at = if stored.silence { clock } else { stored.time };
    Transition {
        rule: Arc::clone(face),
        series: stored.series,
        change: Change::Cleared,
        severity: stored.severity,
        at,
        noticed: clock,
        since: stored.since,
        value: (!stored.silence).then_some(stored.value),
        limit: stored.limit,
        ordinal: if at == stored.last_at {
            stored.ordinal.saturating_add(1)
        } else {
            0
        },
    }
}
