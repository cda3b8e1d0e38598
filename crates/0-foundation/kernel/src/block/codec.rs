//! The bytes of a block: little endian, columns one after the other, narrow forms where all rows allow it.
//!
//! Layout of format 1: `format u8, flags u8, rows u32, runs u32, heap u32`, then the runs, then the columns series (u32),
//! time (i64 base + u32 offsets, or i64 each), kind (one byte, or one each), bits (u64), quality (one byte, or one each),
//! heap. The frame around it bears length and checksum; here lengths are checked once more, so that no input panics.

use super::{Block, Mark, Run};
use crate::batch::Batch;
use crate::quality::Quality;
use crate::series::SeriesId;
use crate::time::Timestamp;
use crate::value::ValueKind;

/// The newest format that this build reads and writes.
pub const BLOCK_FORMAT: u8 = 1;

const WIDE_TIME: u8 = 1;
const MIXED_KIND: u8 = 2;
const MIXED_QUALITY: u8 = 4;

/// Why bytes are not a block.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum BlockError {
    /// Written by a newer program.
    #[error("block format {0} is newer than this program reads (up to {BLOCK_FORMAT}); upgrade hanoi-ioc")]
    Newer(u8),
    /// Too short, or its lengths contradict each other.
    #[error("a block of the log is damaged: {0}")]
    Damaged(&'static str),
}

/// Appends the bytes of `block` to `out`.
pub fn encode(block: &Block, out: &mut Vec<u8>) {
    let batch = &block.batch;
    let base = batch.time.iter().map(|t| t.micros()).min().unwrap_or(0);
    let last = batch.time.iter().map(|t| t.micros()).max().unwrap_or(0);
    let wide = last.checked_sub(base).is_none_or(|span| u32::try_from(span).is_err());
    let mixed_kind = batch.kind.windows(2).any(|pair| pair[0] != pair[1]);
    let mixed_quality = batch.quality.windows(2).any(|pair| pair[0] != pair[1]);
    let flags =
        (u8::from(wide) * WIDE_TIME) | (u8::from(mixed_kind) * MIXED_KIND) | (u8::from(mixed_quality) * MIXED_QUALITY);

    out.reserve(64 * block.runs.len() + 22 * batch.len() + batch.heap.len() + 32);
    out.extend_from_slice(&[BLOCK_FORMAT, flags]);
    for count in [batch.len(), block.runs.len(), batch.heap.len()] {
        out.extend_from_slice(&(count as u32).to_le_bytes());
    }
    for run in &block.runs {
        encode_run(run, out);
    }
    for series in &batch.series {
        out.extend_from_slice(&series.0.to_le_bytes());
    }
    out.extend_from_slice(&base.to_le_bytes());
    if wide {
        for time in &batch.time {
            out.extend_from_slice(&time.micros().to_le_bytes());
        }
    } else {
        for time in &batch.time {
            out.extend_from_slice(&((time.micros() - base) as u32).to_le_bytes());
        }
    }
    if mixed_kind {
        out.extend(batch.kind.iter().map(|kind| *kind as u8));
    } else {
        out.push(batch.kind.first().map_or(0, |kind| *kind as u8));
    }
    for bits in &batch.bits {
        out.extend_from_slice(&bits.to_le_bytes());
    }
    if mixed_quality {
        out.extend(batch.quality.iter().map(|quality| quality.byte()));
    } else {
        out.push(batch.quality.first().map_or(0, |quality| quality.byte()));
    }
    out.extend_from_slice(&batch.heap);
}

fn encode_run(run: &Run, out: &mut Vec<u8>) {
    put_bytes(run.sender.as_bytes(), out);
    out.extend_from_slice(&run.received.micros().to_le_bytes());
    out.extend_from_slice(&run.rows.to_le_bytes());
    match &run.mark {
        None => out.push(0),
        Some(Mark::Key { key, body, answer }) => {
            out.push(1);
            put_bytes(key.as_bytes(), out);
            out.extend_from_slice(body);
            put_bytes(answer, out);
        }
        Some(Mark::Packet { session, packet }) => {
            out.push(2);
            put_bytes(session.as_bytes(), out);
            out.extend_from_slice(&packet.to_le_bytes());
        }
    }
}

fn put_bytes(bytes: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(&(bytes.len() as u32).to_le_bytes());
    out.extend_from_slice(bytes);
}

/// Reads a block.
pub fn decode(bytes: &[u8]) -> Result<Block, BlockError> {
    let mut reader = Reader { rest: bytes };
    let [format] = reader.array()?;
    if format > BLOCK_FORMAT {
        return Err(BlockError::Newer(format));
    }
    let [flags] = reader.array()?;
    let (rows, runs, heap) = (reader.count()?, reader.count()?, reader.count()?);
    if rows > bytes.len() || runs > bytes.len() {
        return Err(BlockError::Damaged("more rows or runs than bytes"));
    }
    let runs = (0..runs).map(|_| reader.run()).collect::<Result<Vec<_>, _>>()?;

    let series = reader.column(rows, |b: [u8; 4]| SeriesId(u32::from_le_bytes(b)))?;
    let base = i64::from_le_bytes(reader.array()?);
    let time = if flags & WIDE_TIME == 0 {
        reader.column(rows, |b: [u8; 4]| {
            Timestamp::from_micros(base.saturating_add(i64::from(u32::from_le_bytes(b))))
        })?
    } else {
        reader.column(rows, |b: [u8; 8]| Timestamp::from_micros(i64::from_le_bytes(b)))?
    };
    let kind = reader.bytes_or_one(rows, flags & MIXED_KIND != 0)?;
    let kind: Option<Vec<_>> = kind.into_iter().map(ValueKind::from_byte).collect();
    let kind = kind.ok_or(BlockError::Damaged("unknown value kind"))?;
    let bits = reader.column(rows, u64::from_le_bytes)?;
    let quality = reader.bytes_or_one(rows, flags & MIXED_QUALITY != 0)?;
    let quality = quality.into_iter().map(Quality::from_byte).collect();
    let heap = reader.take(heap)?.to_vec();
    if !reader.rest.is_empty() {
        return Err(BlockError::Damaged("bytes after the end"));
    }
    Ok(Block {
        runs,
        batch: Batch {
            series,
            time,
            kind,
            bits,
            quality,
            heap,
        },
    })
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take(&mut self, len: usize) -> Result<&'a [u8], BlockError> {
        let (taken, rest) = self
            .rest
            .split_at_checked(len)
            .ok_or(BlockError::Damaged("too short"))?;
        self.rest = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], BlockError> {
        self.take(N)?.try_into().map_err(|_| BlockError::Damaged("too short"))
    }

    fn count(&mut self) -> Result<usize, BlockError> {
        Ok(u32::from_le_bytes(self.array()?) as usize)
    }

    fn text(&mut self) -> Result<std::sync::Arc<str>, BlockError> {
        let len = self.count()?;
        std::str::from_utf8(self.take(len)?)
            .map(Into::into)
            .map_err(|_| BlockError::Damaged("a name is not UTF-8"))
    }

    fn column<const N: usize, T>(&mut self, rows: usize, read: impl Fn([u8; N]) -> T) -> Result<Vec<T>, BlockError> {
        let bytes = self.take(rows.saturating_mul(N))?;
        let (cells, _) = bytes.as_chunks::<N>();
        Ok(cells.iter().map(|cell| read(*cell)).collect())
    }

    fn bytes_or_one(&mut self, rows: usize, each: bool) -> Result<Vec<u8>, BlockError> {
        if each {
            return Ok(self.take(rows)?.to_vec());
        }
        let [one] = self.array()?;
        Ok(vec![one; rows])
    }

    fn run(&mut self) -> Result<Run, BlockError> {
        let sender = self.text()?;
        let received = Timestamp::from_micros(i64::from_le_bytes(self.array()?));
        let rows = u32::from_le_bytes(self.array()?);
        let mark = match self.array()? {
            [0] => None,
            [1] => {
                let key = self.text()?;
                let body = self.array()?;
                let len = self.count()?;
                Some(Mark::Key {
                    key,
                    body,
                    answer: self.take(len)?.to_vec(),
                })
            }
            [2] => Some(Mark::Packet {
                session: self.text()?,
                packet: u16::from_le_bytes(self.array()?),
            }),
            _ => return Err(BlockError::Damaged("unknown mark")),
        };
        Ok(Run {
            sender,
            received,
            rows,
            mark,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quality::{Doubt, Grade};
    use proptest::prelude::*;

    fn any_batch() -> impl Strategy<Value = Batch> {
        let row = (
            any::<u32>(),
            any::<i64>(),
            0u8..5,
            any::<u64>(),
            0u8..3,
            prop::collection::vec(any::<u8>(), 0..9),
        );
        (any::<bool>(), prop::collection::vec(row, 0..40)).prop_map(|(near, rows)| {
            let mut batch = Batch::default();
            for (series, time, kind, bits, grade, bytes) in rows {
                let time = Timestamp::from_micros(if near { time.rem_euclid(1_000_000) } else { time });
                let quality = Quality::new(
                    [Grade::Good, Grade::Suspect, Grade::Bad][usize::from(grade)],
                    Doubt::None,
                );
                match ValueKind::from_byte(kind).unwrap() {
                    kind @ (ValueKind::Text | ValueKind::Json) => {
                        batch.push_bytes(SeriesId(series), time, kind, &bytes, quality);
                    }
                    kind => batch.push_bits(SeriesId(series), time, kind, bits, quality),
                }
            }
            batch
        })
    }

    fn any_run() -> impl Strategy<Value = Run> {
        let mark = prop_oneof![
            Just(None),
            (
                "[a-z]{1,9}",
                any::<[u8; 32]>(),
                prop::collection::vec(any::<u8>(), 0..9)
            )
                .prop_map(|(key, body, answer)| Some(Mark::Key {
                    key: key.into(),
                    body,
                    answer
                })),
            ("[a-z]{1,9}", any::<u16>()).prop_map(|(s, packet)| Some(Mark::Packet {
                session: s.into(),
                packet
            })),
        ];
        ("[a-z]{1,9}", any::<i64>(), any::<u32>(), mark).prop_map(|(sender, received, rows, mark)| Run {
            sender: sender.into(),
            received: Timestamp::from_micros(received),
            rows,
            mark,
        })
    }

    proptest! {
        #[test]
        fn a_block_survives_its_bytes(batch in any_batch(), runs in prop::collection::vec(any_run(), 0..5)) {
            let block = Block { runs, batch };
            let mut bytes = Vec::new();
            encode(&block, &mut bytes);
            prop_assert_eq!(decode(&bytes), Ok(block));
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = decode(&bytes);
        }

        #[test]
        fn a_cut_block_is_damaged(batch in any_batch(), cut in 1usize..100) {
            let mut bytes = Vec::new();
            encode(&Block { runs: Vec::new(), batch }, &mut bytes);
            bytes.truncate(bytes.len().saturating_sub(cut));
            prop_assert!(decode(&bytes).is_err());
        }
    }

    #[test]
    fn a_newer_format_is_refused_with_a_clear_message() {
        let mut bytes = Vec::new();
        encode(&Block::default(), &mut bytes);
        bytes[0] = 9;
        assert!(decode(&bytes).unwrap_err().to_string().contains("upgrade hanoi-ioc"));
    }
}
