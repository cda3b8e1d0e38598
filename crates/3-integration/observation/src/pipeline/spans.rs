//! Which stretch of the log may hold a phenomenon time: one coarse entry per thousand blocks.

use kernel::batch::Batch;
use kernel::position::Position;
use kernel::time::Timestamp;

/// Blocks per entry, and rows after which an entry is closed early.
const BLOCKS: u32 = 1_024;
const ROWS: u32 = 262_144;

/// A stretch of the log and the times in it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Span {
    /// Position before its first block.
    pub(super) after: Position,
    /// Its last block.
    pub(super) until: Position,
    pub(super) oldest: Timestamp,
    pub(super) newest: Timestamp,
    pub(super) blocks: u32,
    pub(super) rows: u32,
}

/// All stretches, in the order of the log.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Spans {
    pub(super) list: Vec<Span>,
}

impl Spans {
    /// A durable block.
    pub(super) fn note(&mut self, batch: &Batch, position: Position) {
        let (Some(oldest), Some(newest)) = (batch.time.iter().min(), batch.time.iter().max()) else {
            return;
        };
        let before = self.list.last().map_or(Position::START, |span| span.until);
        match self.list.last_mut() {
            Some(span) if span.blocks < BLOCKS && span.rows < ROWS => {
                span.until = position;
                span.oldest = span.oldest.min(*oldest);
                span.newest = span.newest.max(*newest);
                span.blocks += 1;
                span.rows = span.rows.saturating_add(batch.len() as u32);
            }
            _ => self.list.push(Span {
                after: before,
                until: position,
                oldest: *oldest,
                newest: *newest,
                blocks: 1,
                rows: batch.len() as u32,
            }),
        }
    }

    /// The stretches that may hold one of these times (sorted ascending).
    pub(super) fn holding(&self, times: &[Timestamp]) -> Vec<Span> {
        let may_hold = |span: &&Span| {
            let first = times.partition_point(|time| *time < span.oldest);
            times.get(first).is_some_and(|time| *time <= span.newest)
        };
        self.list.iter().filter(may_hold).copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::quality::Quality;
    use kernel::series::SeriesId;
    use kernel::value::ValueKind;

    #[test]
    fn only_stretches_around_the_time_are_named() {
        let mut spans = Spans::default();
        for sequence in 1..=3_000_u64 {
            let mut batch = Batch::default();
            let time = Timestamp::from_seconds(sequence as i64);
            batch.push_bits(SeriesId(0), time, ValueKind::Number, 0, Quality::GOOD);
            spans.note(&batch, Position { epoch: 0, sequence });
        }
        assert_eq!(spans.list.len(), 3);
        let named = spans.holding(&[Timestamp::from_seconds(1_500)]);
        assert_eq!(named.len(), 1);
        assert!(named[0].after.sequence < 1_500 && named[0].until.sequence >= 1_500);
        assert!(spans.holding(&[Timestamp::from_seconds(9_999)]).is_empty());
    }
}
