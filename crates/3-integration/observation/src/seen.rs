//! What was stored, per series: enough to tell a new row from a duplicate and a correction, mostly without a look-up.
//!
//! Identity is (series, phenomenonTime) (SEMANTICS 7). A row outside every [`Stretches`] of stored times is new. One inside is
//! compared with the last [`RING`] rows; further back only the log itself can tell. Rows are noted when they set out for
//! the disk; rows that did not arrive are forgotten again, which may leave a stretch too long and never too short.

mod stretches;

use kernel::series::SeriesId;
use kernel::time::Timestamp;
use rustc_hash::FxHasher;
use std::hash::Hasher;
use stretches::Stretches;

/// How many rows per series are remembered one by one.
pub const RING: usize = 8;

/// What a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing is stored at this time.
    New,
    /// The same value is stored.
    Duplicate,
    /// Another value is stored.
    Correction,
    /// Inside a stretch of stored times and not remembered: the log must be asked.
    Unknown,
}

/// What is remembered of one series.
#[derive(Clone, Copy, Debug)]
struct Memory {
    stretches: Stretches,
    /// Value bits of the newest row, for the rate check.
    newest_bits: u64,
    times: [Timestamp; RING],
    prints: [u64; RING],
    next: u8,
    held: u8,
    /// Rows fell out of the ring.
    forgot: bool,
}

const EMPTY: Memory = Memory {
    stretches: Stretches::EMPTY,
    newest_bits: 0,
    times: [Timestamp::MIN; RING],
    prints: [0; RING],
    next: 0,
    held: 0,
    forgot: false,
};

/// The memory of all series, indexed by series number.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    series: Vec<Memory>,
}

impl Seen {
    #[inline]
    fn at(&mut self, series: SeriesId) -> &mut Memory {
        let index = series.0 as usize;
        if index >= self.series.len() {
            self.series.resize(index + 1, EMPTY);
        }
        &mut self.series[index]
    }

    /// What a row is.
    #[inline]
    pub fn judge(&mut self, series: SeriesId, time: Timestamp, print: u64) -> Verdict {
        let memory = self.at(series);
        if !memory.stretches.hold(time) {
            return Verdict::New;
        }
        match memory.slot(time) {
            Some(slot) if memory.prints[slot] == print => Verdict::Duplicate,
            Some(_) => Verdict::Correction,
            None if memory.forgot => Verdict::Unknown,
            None => Verdict::New,
        }
    }

    /// The newest row in time, for the rate check; `None` before the first.
    #[inline]
    pub fn newest(&mut self, series: SeriesId) -> Option<(Timestamp, u64)> {
        let memory = self.at(series);
        memory.stretches.newest().map(|time| (time, memory.newest_bits))
    }

    /// A row is stored, or on its way.
    #[inline]
    pub fn note(&mut self, series: SeriesId, time: Timestamp, bits: u64, print: u64) {
        let memory = self.at(series);
        if memory.stretches.newest().is_none_or(|newest| time >= newest) {
            memory.newest_bits = bits;
        }
        if memory.stretches.note(time)
            && let Some(slot) = memory.slot(time)
        {
            memory.prints[slot] = print;
            return;
        }
        let slot = usize::from(memory.next);
        memory.forgot |= usize::from(memory.held) == RING;
        memory.times[slot] = time;
        memory.prints[slot] = print;
        memory.next = ((slot + 1) % RING) as u8;
        memory.held = (memory.held + 1).min(RING as u8);
    }

    /// A row on its way did not arrive. From now on the log is asked about its time.
    pub fn forget(&mut self, series: SeriesId, time: Timestamp) {
        let memory = self.at(series);
        memory.forgot = true;
        if let Some(slot) = memory.slot(time) {
            memory.times[slot] = Timestamp::MIN;
        }
    }

    /// Number of series known.
    pub fn len(&self) -> usize {
        self.series.len()
    }

    /// Whether nothing was ever stored.
    pub fn is_empty(&self) -> bool {
        self.series.is_empty()
    }

    /// Appends everything to a snapshot; nothing may be on its way.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&(self.series.len() as u32).to_le_bytes());
        for memory in &self.series {
            memory.stretches.write(out);
            out.extend_from_slice(&memory.newest_bits.to_le_bytes());
            out.extend_from_slice(&[memory.next, memory.held, u8::from(memory.forgot)]);
            for slot in 0..usize::from(memory.held) {
                out.extend_from_slice(&memory.times[slot].micros().to_le_bytes());
                out.extend_from_slice(&memory.prints[slot].to_le_bytes());
            }
        }
    }

    /// Reads what [`Seen::write`] wrote; `None` when the bytes are damaged.
    pub fn read(bytes: &mut &[u8]) -> Option<Self> {
        let count = u32::from_le_bytes(take(bytes)?);
        let mut series = Vec::with_capacity((count as usize).min(bytes.len()));
        for _ in 0..count {
            let mut memory = EMPTY;
            memory.stretches = Stretches::read(bytes)?;
            memory.newest_bits = u64::from_le_bytes(take(bytes)?);
            let [next, held, forgot] = take(bytes)?;
            if usize::from(held) > RING || usize::from(next) >= RING {
                return None;
            }
            (memory.next, memory.held, memory.forgot) = (next, held, forgot != 0);
            for slot in 0..usize::from(held) {
                memory.times[slot] = Timestamp::from_micros(i64::from_le_bytes(take(bytes)?));
                memory.prints[slot] = u64::from_le_bytes(take(bytes)?);
            }
            series.push(memory);
        }
        Some(Self { series })
    }
}

impl Memory {
    #[inline]
    fn slot(&self, time: Timestamp) -> Option<usize> {
        self.times[..usize::from(self.held)]
            .iter()
            .position(|known| *known == time)
    }
}

fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (head, rest) = bytes.split_first_chunk::<N>()?;
    *bytes = rest;
    Some(*head)
}

/// What a value is compared by: its bits, or a hash of its bytes.
#[inline]
pub fn fingerprint(bits: u64, heap: Option<&[u8]>) -> u64 {
    match heap {
        None => bits,
        Some(bytes) => {
            let mut hasher = FxHasher::default();
            hasher.write(bytes);
            hasher.write_usize(bytes.len());
            hasher.finish()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const S: SeriesId = SeriesId(3);

    fn at(second: i64) -> Timestamp {
        Timestamp::from_seconds(second)
    }

    #[test]
    fn rows_are_told_apart() {
        let mut seen = Seen::default();
        assert_eq!(seen.judge(S, at(5), 1), Verdict::New);
        seen.note(S, at(5), 1, 1);
        for (time, print, verdict) in [
            (5, 1, Verdict::Duplicate),
            (5, 2, Verdict::Correction),
            (4, 1, Verdict::New),
            (6, 1, Verdict::New),
        ] {
            assert_eq!(seen.judge(S, at(time), print), verdict, "{time} {print}");
        }
    }

    #[test]
    fn what_fell_out_of_memory_is_unknown_not_new() {
        let mut seen = Seen::default();
        for second in 0..100 {
            seen.note(S, at(second), 7, 7);
        }
        assert_eq!(seen.judge(S, at(20), 7), Verdict::Unknown);
        assert_eq!(seen.judge(S, at(99), 7), Verdict::Duplicate);
        assert_eq!(seen.judge(S, at(-1), 7), Verdict::New, "older than anything stored");
    }

    #[test]
    fn a_row_that_did_not_arrive_is_asked_about() {
        let mut seen = Seen::default();
        seen.note(S, at(9), 1, 1);
        seen.forget(S, at(9));
        assert_eq!(seen.judge(S, at(9), 1), Verdict::Unknown);
        assert_eq!(seen.judge(S, at(10), 1), Verdict::New);
    }

    #[test]
    fn parallel_stretches_of_history_need_no_look_up() {
        let mut seen = Seen::default();
        for step in 0..1_000 {
            for stripe in 0..4 {
                let time = at(stripe * 100_000 + step);
                assert_eq!(seen.judge(S, time, 1), Verdict::New, "stripe {stripe} step {step}");
                seen.note(S, time, 1, 1);
            }
        }
    }

    #[test]
    fn memory_survives_its_snapshot() {
        let mut seen = Seen::default();
        for second in 0..20 {
            seen.note(SeriesId(second % 5), at(i64::from(second)), 1, u64::from(second));
        }
        let mut bytes = Vec::new();
        seen.write(&mut bytes);
        let mut rest = bytes.as_slice();
        let mut back = Seen::read(&mut rest).unwrap();
        assert!(rest.is_empty());
        assert_eq!(back.judge(SeriesId(4), at(19), 19), Verdict::Duplicate);
        assert!(Seen::read(&mut &bytes[..bytes.len() - 1]).is_none());
    }
}
