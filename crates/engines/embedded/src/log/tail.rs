//! The newest frames in memory, so that those who read along never touch the disk.

use bytes::Bytes;
use kernel::position::Position;
use ports::log::Frame;
use std::collections::VecDeque;

/// What an entry costs beside its bytes.
const OVERHEAD: usize = 64;

/// The newest durable frames, without gaps between them, up to a number of bytes.
#[derive(Debug)]
pub(crate) struct Tail {
    frames: VecDeque<Frame>,
    /// Everything after this position that is durable is in `frames`.
    after: Position,
    bytes: usize,
    max_bytes: usize,
}

impl Tail {
    /// Begins at the head of a log.
    pub(crate) fn new(head: Position, max_bytes: usize) -> Self {
        Self {
            frames: VecDeque::new(),
            after: head,
            bytes: 0,
            max_bytes,
        }
    }

    /// Adds the frame that follows.
    pub(crate) fn push(&mut self, position: Position, bytes: Bytes) {
        self.bytes += bytes.len() + OVERHEAD;
        self.frames.push_back(Frame { position, bytes });
        while self.bytes > self.max_bytes
            && let Some(oldest) = self.frames.pop_front()
        {
            self.bytes -= oldest.bytes.len() + OVERHEAD;
            self.after = oldest.position;
        }
    }

    /// Frames after a position, or `None` when some of them may be on disk only.
    pub(crate) fn read(&self, after: Position, max_bytes: usize) -> Option<Vec<Frame>> {
        if after < self.after {
            return None;
        }
        let from = self.frames.partition_point(|frame| frame.position <= after);
        let mut size = 0;
        let wanted = self.frames.iter().skip(from).take_while(|frame| {
            let take = size < max_bytes.max(1);
            size += frame.bytes.len();
            take
        });
        Some(wanted.cloned().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(sequence: u64) -> Position {
        Position { epoch: 0, sequence }
    }

    #[test]
    fn old_frames_leave_and_are_not_claimed_to_be_known() {
        let mut tail = Tail::new(at(5), 2 * (100 + OVERHEAD));
        assert_eq!(tail.read(at(5), 1), Some(Vec::new()));
        assert_eq!(tail.read(at(4), 1), None);
        for sequence in 6..=9 {
            tail.push(at(sequence), Bytes::from(vec![0; 100]));
        }
        assert_eq!(tail.read(at(6), 1_000), None);
        let positions =
            |frames: Option<Vec<Frame>>| frames.map(|frames| frames.iter().map(|f| f.position.sequence).collect());
        assert_eq!(positions(tail.read(at(7), 1_000)), Some(vec![8, 9]));
        assert_eq!(positions(tail.read(at(7), 0)), Some(vec![8]));
        assert_eq!(positions(tail.read(at(9), 1_000)), Some(vec![]));
    }
}
