//! Which (series, bucket) were touched by rows that the roll-up does not have yet, and since which position.

use crate::lake::file::Span;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// Some series. Those that are touched together are mostly numbered together, so 64 neighbours share a word: a history that
/// is brought in afterwards touches every bucket of every series, and all of them wait here.
#[derive(Clone, Debug, Default)]
pub(crate) struct SeriesSet {
    words: FxHashMap<u32, u64>,
    count: usize,
}

impl SeriesSet {
    fn insert(&mut self, series: u32) {
        let word = self.words.entry(series / 64).or_default();
        let bit = 1 << (series % 64);
        self.count += usize::from(*word & bit == 0);
        *word |= bit;
    }

    /// Whether a series is among them.
    pub(crate) fn holds(&self, series: u32) -> bool {
        let word = self.words.get(&(series / 64));
        word.is_some_and(|word| word >> (series % 64) & 1 == 1)
    }

    fn retain(&mut self, stays: impl Fn(u32) -> bool) {
        self.words.retain(|place, word| {
            for bit in 0..64 {
                if *word >> bit & 1 == 1 && !stays(*place * 64 + bit) {
                    *word &= !(1 << bit);
                }
            }
            *word != 0
        });
        self.count = self.words.values().map(|word| word.count_ones() as usize).sum();
    }

    /// The lowest and the highest number.
    fn span(&self) -> Option<(u32, u32)> {
        let low = self.words.iter().min_by_key(|(place, _)| **place)?;
        let high = self.words.iter().max_by_key(|(place, _)| **place)?;
        Some((
            low.0 * 64 + low.1.trailing_zeros(),
            high.0 * 64 + 63 - high.1.leading_zeros(),
        ))
    }
}

/// Touched buckets of one width.
#[derive(Debug)]
pub(super) struct Dirty {
    width: i64,
    buckets: BTreeMap<i64, Bucket>,
}

#[derive(Debug)]
struct Bucket {
    /// The lowest packed position of a row that touched it.
    first: i64,
    series: SeriesSet,
}

/// What is computed in one round.
#[derive(Debug, Default)]
pub(crate) struct Due {
    /// Length of a bucket in microseconds.
    pub(crate) width: i64,
    /// Series by bucket.
    pub(crate) buckets: BTreeMap<i64, SeriesSet>,
}

impl Dirty {
    pub(super) fn new(width: i64) -> Self {
        Self {
            width,
            buckets: BTreeMap::new(),
        }
    }

    /// A row touches its bucket.
    pub(super) fn touch(&mut self, series: u32, time: i64, position: i64) {
        let start = time.div_euclid(self.width) * self.width;
        let bucket = self.buckets.entry(start).or_insert_with(|| Bucket {
            first: position,
            series: SeriesSet::default(),
        });
        bucket.first = bucket.first.min(position);
        bucket.series.insert(series);
    }

    /// Forgets what `is_out` says of (series, bucket).
    pub(super) fn forget(&mut self, is_out: impl Fn(u32, i64) -> bool) {
        self.buckets.retain(|start, bucket| {
            bucket.series.retain(|series| !is_out(series, *start));
            bucket.series.count > 0
        });
    }

    pub(super) fn is_empty(&self) -> bool {
        self.buckets.is_empty()
    }

    /// Whether a bucket has ended at `until`.
    pub(super) fn is_due(&self, until: i64) -> bool {
        let first = self.buckets.first_key_value();
        first.is_some_and(|(start, _)| start + self.width <= until)
    }

    /// Takes buckets that have ended at `until`, the oldest first, up to about `pairs` pairs.
    pub(super) fn take(&mut self, until: i64, pairs: usize) -> Due {
        let mut due = Due {
            width: self.width,
            buckets: BTreeMap::new(),
        };
        let mut taken = 0;
        while taken < pairs && self.is_due(until) {
            if let Some((start, bucket)) = self.buckets.pop_first() {
                taken += bucket.series.count;
                due.buckets.insert(start, bucket.series);
            }
        }
        due
    }

    /// The packed position up to which no touched bucket waits; `None` when none waits at all.
    pub(super) fn before(&self) -> Option<i64> {
        self.buckets.values().map(|bucket| bucket.first - 1).min()
    }
}

impl Due {
    /// Whether a (series, bucket) is among them.
    pub(crate) fn holds(&self, series: u32, bucket: i64) -> bool {
        self.buckets.get(&bucket).is_some_and(|all| all.holds(series))
    }

    /// The range of the series.
    pub(crate) fn series(&self) -> Span {
        let spans = self.buckets.values().filter_map(SeriesSet::span);
        spans.fold((i64::MAX, i64::MIN), |all, (min, max)| {
            (all.0.min(i64::from(min)), all.1.max(i64::from(max)))
        })
    }

    /// Buckets cut into groups by what `of` says of them, such as their day, each with the times that it covers.
    pub(crate) fn groups(&self, of: impl Fn(i64) -> i32) -> BTreeMap<i32, Span> {
        let mut groups: BTreeMap<i32, Span> = BTreeMap::new();
        for start in self.buckets.keys() {
            let span = groups.entry(of(*start)).or_insert((*start, *start));
            span.1 = start + self.width - 1;
        }
        groups
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_position_waits_for_the_oldest_touched_bucket() {
        let mut dirty = Dirty::new(10);
        assert_eq!(dirty.before(), None);
        for (series, time, position) in [(1, 25, 5), (1, 5, 7), (2, 7, 6), (1, 26, 9)] {
            dirty.touch(series, time, position);
        }
        assert_eq!(dirty.before(), Some(4));
        assert!(!dirty.is_due(9) && dirty.is_due(10));
        let due = dirty.take(29, 100);
        assert!(due.holds(1, 0) && due.holds(2, 0) && !due.holds(1, 20));
        assert_eq!((due.series(), dirty.before()), ((1, 2), Some(4)));
        assert!(dirty.take(30, 100).holds(1, 20));
        assert!(dirty.is_empty());
    }

    #[test]
    fn a_set_holds_what_was_put_in_and_forgets_what_is_out() {
        let mut set = SeriesSet::default();
        assert_eq!(set.span(), None);
        let all = [0, 1, 63, 64, 70_000, 5, 63];
        all.iter().for_each(|series| set.insert(*series));
        assert_eq!((set.count, set.span()), (6, Some((0, 70_000))));
        assert!(all.iter().all(|series| set.holds(*series)) && !set.holds(2) && !set.holds(65));
        set.retain(|series| series > 1 && series < 100);
        assert_eq!((set.count, set.span()), (3, Some((5, 64))));
        assert!(!set.holds(1) && set.holds(63) && !set.holds(70_000));
    }

    #[test]
    fn rounds_are_bounded() {
        let mut dirty = Dirty::new(10);
        (0..100).for_each(|step| dirty.touch(step, i64::from(step) * 10, 1));
        assert_eq!(dirty.take(i64::MAX - 10, 7).buckets.len(), 7);
    }
}
