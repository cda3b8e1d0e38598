//! What was stored lately, per series: enough to tell a new row from a duplicate and a correction without a look-up.
//!
//! Identity is (series, phenomenonTime) (SEMANTICS 7). A row newer than everything known is new. An older one is compared
//! with the last [`RING`] stored rows; further back only the log itself can tell.

use kernel::series::SeriesId;
use kernel::time::Timestamp;
use rustc_hash::FxHasher;
use std::hash::Hasher;

/// How many stored rows per series are remembered.
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
    /// Older than what is remembered: the log must be asked.
    Unknown,
}

/// Times and fingerprints of the last stored rows of one series.
#[derive(Clone, Copy, Debug)]
struct Memory {
    last: Timestamp,
    /// Value bits of the last stored row in phenomenon time, for the rate check.
    last_bits: u64,
    /// Newest row that is on its way to the disk.
    pending: Timestamp,
    pending_bits: u64,
    times: [Timestamp; RING],
    prints: [u64; RING],
    next: u8,
    /// Rows ever noted, saturating at [`RING`]: while below, the ring holds everything there is.
    held: u8,
    /// Rows fell out of the ring.
    forgot: bool,
}

const EMPTY: Memory = Memory {
    last: Timestamp::MIN,
    last_bits: 0,
    pending: Timestamp::MIN,
    pending_bits: 0,
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
    fn at(&mut self, series: SeriesId) -> &mut Memory {
        let index = series.0 as usize;
        if index >= self.series.len() {
            self.series.resize(index + 1, EMPTY);
        }
        &mut self.series[index]
    }

    /// What a row is, judged by what is durable. `None` means: not newer than a row that is on its way, so those must be
    /// searched first.
    #[inline]
    pub fn judge(&mut self, series: SeriesId, time: Timestamp, print: u64) -> Option<Verdict> {
        let memory = self.at(series);
        if time <= memory.pending {
            return None;
        }
        Some(memory.judge(time, print))
    }

    /// Like [`Seen::judge`], after the rows on their way were searched without a match.
    pub fn judge_durable(&mut self, series: SeriesId, time: Timestamp, print: u64) -> Verdict {
        self.at(series).judge(time, print)
    }

    /// The row before this one in time, if it is the newest known: for the rate check.
    #[inline]
    pub fn newest(&mut self, series: SeriesId) -> (Timestamp, u64) {
        let memory = self.at(series);
        if memory.pending > memory.last { (memory.pending, memory.pending_bits) } else { (memory.last, memory.last_bits) }
    }

    /// A row is on its way to the disk.
    #[inline]
    pub fn depart(&mut self, series: SeriesId, time: Timestamp, bits: u64) {
        let memory = self.at(series);
        if time >= memory.pending {
            (memory.pending, memory.pending_bits) = (time, bits);
        }
    }

    /// A row is durable.
    #[inline]
    pub fn arrive(&mut self, series: SeriesId, time: Timestamp, bits: u64, print: u64) {
        let memory = self.at(series);
        if time >= memory.last {
            (memory.last, memory.last_bits) = (time, bits);
        }
        if let Some(slot) = memory.slot(time) {
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

    /// Rows on their way failed: forget what was thought to come. The caller departs the remaining ones again.
    pub fn recall(&mut self, series: SeriesId) {
        let memory = self.at(series);
        memory.pending = Timestamp::MIN;
    }

    /// Number of series known.
    pub fn len(&self) -> usize {
        self.series.len()
    }

    /// Whether nothing was ever stored.
    pub fn is_empty(&self) -> bool {
        self.series.is_empty()
    }

    /// Appends the durable part to a snapshot.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&(self.series.len() as u32).to_le_bytes());
        for memory in &self.series {
            out.extend_from_slice(&memory.last.micros().to_le_bytes());
            out.extend_from_slice(&memory.last_bits.to_le_bytes());
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
            memory.last = Timestamp::from_micros(i64::from_le_bytes(take(bytes)?));
            memory.last_bits = u64::from_le_bytes(take(bytes)?);
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
        if time > self.last {
            return None;
        }
        self.times[..usize::from(self.held)].iter().position(|known| *known == time)
    }

    #[inline]
    fn judge(&self, time: Timestamp, print: u64) -> Verdict {
        if time > self.last || self.held == 0 {
            return Verdict::New;
        }
        match self.slot(time) {
            Some(slot) if self.prints[slot] == print => Verdict::Duplicate,
            Some(_) => Verdict::Correction,
            None if self.forgot => Verdict::Unknown,
            None => Verdict::New,
        }
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
        assert_eq!(seen.judge(S, at(5), 1), Some(Verdict::New));
        seen.arrive(S, at(5), 1, 1);
        for (time, print, verdict) in
            [(5, 1, Verdict::Duplicate), (5, 2, Verdict::Correction), (4, 1, Verdict::New), (6, 1, Verdict::New)]
        {
            assert_eq!(seen.judge(S, at(time), print), Some(verdict), "{time} {print}");
        }
    }

    #[test]
    fn what_fell_out_of_memory_is_unknown_not_new() {
        let mut seen = Seen::default();
        for second in 0..=RING as i64 {
            seen.arrive(S, at(second), 7, 7);
        }
        assert_eq!(seen.judge(S, at(0), 7), Some(Verdict::Unknown));
        assert_eq!(seen.judge(S, at(1), 7), Some(Verdict::Duplicate));
    }

    #[test]
    fn rows_on_their_way_must_be_searched_first() {
        let mut seen = Seen::default();
        seen.depart(S, at(9), 1);
        assert_eq!(seen.judge(S, at(9), 1), None);
        assert_eq!(seen.judge(S, at(10), 1), Some(Verdict::New));
        seen.recall(S);
        assert_eq!(seen.judge(S, at(9), 1), Some(Verdict::New));
    }

    #[test]
    fn memory_survives_its_snapshot() {
        let mut seen = Seen::default();
        for second in 0..20 {
            seen.arrive(SeriesId(second % 5), at(i64::from(second)), 1, u64::from(second));
        }
        let mut bytes = Vec::new();
        seen.write(&mut bytes);
        let mut rest = bytes.as_slice();
        let mut back = Seen::read(&mut rest).unwrap();
        assert!(rest.is_empty());
        assert_eq!(back.judge(SeriesId(4), at(19), 19), Some(Verdict::Duplicate));
        assert!(Seen::read(&mut &bytes[..bytes.len() - 1]).is_none());
    }
}
