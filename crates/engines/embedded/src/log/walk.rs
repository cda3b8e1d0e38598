//! Walks over the frames of a segment, tells damage from the end, and finds the next good frame after damage.

use super::format::{FRAME, FrameHead, MARK, check, decode_frame_head};
use crate::disk::{File, read_full};
use bytes::Bytes;
use std::io;
use std::sync::Arc;

/// What comes next in a segment.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// A good frame.
    Frame { offset: u64, sequence: u64, bytes: Bytes },
    /// Bytes that are no frame, with a good frame behind them.
    Damaged { offset: u64, end: u64 },
    /// Nothing good follows. `garbage_end` is the end of the last byte that is not zero, `offset` when all are.
    /// `claimed` is the highest sequence number that something broken behind `offset` bears, 0 if none.
    End {
        offset: u64,
        garbage_end: u64,
        claimed: u64,
    },
}

/// A walk from one place in a segment to a limit.
#[derive(Debug)]
pub(crate) struct Walk {
    file: Arc<dyn File>,
    salt: u64,
    at: u64,
    limit: u64,
    previous: u64,
    chunk: usize,
    window: Bytes,
    window_at: u64,
}

static ZEROS: [u8; 64 << 10] = [0; 64 << 10];

impl Walk {
    /// Starts at `at`, where a frame should begin whose sequence number is above `previous`; reads `chunk` bytes at a
    /// time and nothing beyond `limit`.
    pub(crate) fn new(file: Arc<dyn File>, salt: u64, at: u64, limit: u64, previous: u64, chunk: usize) -> Self {
        Self {
            file,
            salt,
            at,
            limit,
            previous,
            chunk: chunk.max(4_096),
            window: Bytes::new(),
            window_at: at,
        }
    }

    /// Exactly `length` bytes at `offset`, or `None` if the limit is before their end.
    fn get(&mut self, offset: u64, length: usize) -> io::Result<Option<Bytes>> {
        if offset + length as u64 > self.limit {
            return Ok(None);
        }
        let inside = |window: &Bytes, window_at: u64| {
            let from = usize::try_from(offset.checked_sub(window_at)?).ok()?;
            (from + length <= window.len()).then(|| window.slice(from..from + length))
        };
        if let Some(bytes) = inside(&self.window, self.window_at) {
            return Ok(Some(bytes));
        }
        let left = usize::try_from(self.limit - offset).unwrap_or(usize::MAX);
        let mut buffer = vec![0; length.max(self.chunk).min(left)];
        let read = read_full(&*self.file, offset, &mut buffer)?;
        buffer.truncate(read);
        self.window = Bytes::from(buffer);
        self.window_at = offset;
        Ok(inside(&self.window, self.window_at))
    }

    /// The frame at `offset`, as far as it is one.
    fn frame(&mut self, offset: u64) -> io::Result<Found> {
        let salt = self.salt;
        let Some(head) = self
            .get(offset, FRAME)?
            .and_then(|bytes| decode_frame_head(&bytes, salt))
        else {
            return Ok(Found::Nothing);
        };
        if head.sequence <= self.previous {
            return Ok(Found::Nothing);
        }
        match self.get(offset + FRAME as u64, head.length as usize)? {
            Some(bytes) if check(&bytes, self.salt) == head.check => Ok(Found::Whole(head, bytes)),
            _ => Ok(Found::Broken(head)),
        }
    }

    /// What comes next. After [`Step::End`] it comes again.
    pub(crate) fn next(&mut self) -> io::Result<Step> {
        let offset = self.at;
        let (mut claimed, mut from) = (0, offset + 1);
        match self.frame(offset)? {
            Found::Whole(head, bytes) => {
                self.at = end_of(offset, head);
                self.previous = head.sequence;
                return Ok(Step::Frame {
                    offset,
                    sequence: head.sequence,
                    bytes,
                });
            }
            Found::Broken(head) => {
                claimed = head.sequence;
                // The checksum of the head vouches for the length; so the search goes on behind the broken content.
                if end_of(offset, head) <= self.limit {
                    from = end_of(offset, head);
                }
            }
            Found::Nothing => {}
        }
        while let Some(candidate) = self.find_mark(from)? {
            match self.frame(candidate)? {
                Found::Whole(..) => {
                    self.at = candidate;
                    return Ok(Step::Damaged { offset, end: candidate });
                }
                Found::Broken(head) => claimed = claimed.max(head.sequence),
                Found::Nothing => {}
            }
            from = candidate + 1;
        }
        let garbage_end = self.last_garbage(offset)?;
        Ok(Step::End {
            offset,
            garbage_end,
            claimed,
        })
    }

    /// The next place at or behind `from` where a frame could begin.
    fn find_mark(&mut self, mut from: u64) -> io::Result<Option<u64>> {
        while from + FRAME as u64 <= self.limit {
            let Some(bytes) = self.piece(from)? else {
                return Ok(None);
            };
            if !is_zero(&bytes)
                && let Some(found) = memchr::memmem::find(&bytes, &MARK)
            {
                return Ok(Some(from + found as u64));
            }
            // A mark may lie across the end of the piece.
            from += (bytes.len() - (MARK.len() - 1)).max(1) as u64;
        }
        Ok(None)
    }

    /// Some bytes from `from` on: the rest of the window if that is long enough, else a new one. So a search through many
    /// false marks reads each byte from the disk about once.
    fn piece(&mut self, from: u64) -> io::Result<Option<Bytes>> {
        let window_end = self.window_at + self.window.len() as u64;
        let rest = window_end.saturating_sub(from).min(self.limit - from);
        let in_window = from >= self.window_at && rest >= FRAME as u64;
        let length = if in_window {
            rest
        } else {
            (self.chunk as u64).min(self.limit - from)
        };
        self.get(from, usize::try_from(length).unwrap_or(self.chunk))
    }

    fn last_garbage(&mut self, from: u64) -> io::Result<u64> {
        let (mut at, mut end) = (from, from);
        while at < self.limit {
            let length = self.chunk.min(usize::try_from(self.limit - at).unwrap_or(usize::MAX));
            let Some(bytes) = self.get(at, length)? else { break };
            if !is_zero(&bytes)
                && let Some(last) = bytes.iter().rposition(|byte| *byte != 0)
            {
                end = at + last as u64 + 1;
            }
            at += bytes.len() as u64;
        }
        Ok(end)
    }
}

/// What lies at a place.
enum Found {
    /// A good frame.
    Whole(FrameHead, Bytes),
    /// A good head without good bytes.
    Broken(FrameHead),
    /// Anything else.
    Nothing,
}

fn end_of(offset: u64, head: FrameHead) -> u64 {
    offset + FRAME as u64 + u64::from(head.length)
}

fn is_zero(bytes: &[u8]) -> bool {
    bytes.chunks(ZEROS.len()).all(|piece| piece == &ZEROS[..piece.len()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::{Disk, SimDisk};
    use crate::log::format::encode_frame;
    use std::path::Path;

    fn walk(bytes: &[u8]) -> Vec<Step> {
        let file = SimDisk::new(1).create(Path::new("/segment")).unwrap();
        file.write_at(0, bytes).unwrap();
        let mut walk = Walk::new(file, 5, 0, bytes.len() as u64, 0, 4_096);
        let mut steps = Vec::new();
        loop {
            let step = walk.next().unwrap();
            let ended = matches!(step, Step::End { .. });
            steps.push(step);
            if ended {
                return steps;
            }
        }
    }

    fn three() -> Vec<u8> {
        let mut bytes = Vec::new();
        for sequence in 1..=3 {
            encode_frame(&mut bytes, sequence, 5, &[sequence as u8; 100]);
        }
        bytes
    }

    fn frame(sequence: u64) -> Step {
        Step::Frame {
            offset: (sequence - 1) * 128,
            sequence,
            bytes: Bytes::from(vec![sequence as u8; 100]),
        }
    }

    #[test]
    fn zeros_behind_the_last_frame_are_the_end() {
        let mut bytes = three();
        bytes.resize(20_000, 0);
        assert_eq!(
            walk(&bytes),
            [
                frame(1),
                frame(2),
                frame(3),
                Step::End {
                    offset: 384,
                    garbage_end: 384,
                    claimed: 0
                }
            ]
        );
    }

    #[test]
    fn every_flipped_bit_in_the_middle_costs_exactly_its_own_frame() {
        for bit in 128 * 8..256 * 8 {
            let mut bytes = three();
            bytes[bit / 8] ^= 1 << (bit % 8);
            let steps = walk(&bytes);
            let damaged = Step::Damaged { offset: 128, end: 256 };
            let end = Step::End {
                offset: 384,
                garbage_end: 384,
                claimed: 0,
            };
            assert_eq!(steps, [frame(1), damaged, frame(3), end], "bit {bit}");
        }
    }

    #[test]
    fn a_broken_last_frame_is_the_end_and_its_number_is_known_when_its_head_is_good() {
        let mut bytes = three();
        bytes[300] ^= 1;
        assert_eq!(
            walk(&bytes)[2],
            Step::End {
                offset: 256,
                garbage_end: 384,
                claimed: 3
            }
        );
        assert_eq!(
            walk(&three()[..300])[2],
            Step::End {
                offset: 256,
                garbage_end: 300,
                claimed: 3
            }
        );
        assert_eq!(
            walk(&three()[..260])[2],
            Step::End {
                offset: 256,
                garbage_end: 260,
                claimed: 0
            }
        );
    }

    #[test]
    fn a_frame_inside_the_content_of_a_broken_frame_is_not_believed() {
        let mut inner = Vec::new();
        encode_frame(&mut inner, 99, 6, b"forged with a guessed salt");
        let mut bytes = Vec::new();
        encode_frame(&mut bytes, 1, 5, &inner);
        encode_frame(&mut bytes, 2, 5, b"good");
        bytes[5] ^= 1;
        assert!(matches!(
            walk(&bytes)[..],
            [Step::Damaged { .. }, Step::Frame { sequence: 2, .. }, Step::End { .. }]
        ));
    }
}
